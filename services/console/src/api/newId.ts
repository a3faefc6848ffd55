/** What gives random bytes: the browser, also where a page did not come by https. */
interface Randomness {
  getRandomValues(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer>;
}

/**
 * A random UUID (version 4) for an act, so that it has one effect however often it is sent. `crypto.randomUUID` is only there on
 * secure origins; a phone that comes by http and the address of a machine in the house has random values all the same.
 */
export function newId(source: Randomness = crypto): string {
  const bytes = source.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
