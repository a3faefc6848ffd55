/** The part of a refused record that its event is read from. */
export interface RefusedBytes {
  readonly headers: Readonly<Record<string, string>>;
  readonly original: { readonly encoding: string; readonly text: string; readonly truncated: boolean } | null;
}

/**
 * A refused record as a CloudEvent to be mended, indented. In binary mode its attributes come from the headers.
 * @returns null for bytes that are no complete text
 */
export function eventOf({ headers, original }: RefusedBytes): string | null {
  if (original === null || original.encoding !== 'utf-8' || original.truncated) return null;
  const attributes = Object.entries(headers)
    .filter(([name]) => name.startsWith('ce_'))
    .map(([name, value]): [string, string] => [name.slice('ce_'.length), value]);
  let body: unknown;
  try {
    body = JSON.parse(original.text);
  } catch {
    // What is no JSON is shown as it came: there is something to mend.
    return original.text;
  }
  const event = attributes.length === 0 ? body : { ...Object.fromEntries(attributes), data: body };
  return JSON.stringify(event, null, 2);
}
