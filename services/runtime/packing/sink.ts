/** Why packed bytes were not unpacked: there is more in them than is allowed, or they are not what they claim to be. */
export class UnpackFault extends Error {
  readonly kind: 'too-large' | 'damaged';

  constructor(kind: UnpackFault['kind'], message: string, cause?: unknown) {
    super(message, { cause });
    this.kind = kind;
  }
}

export const damaged = (what: string): UnpackFault => new UnpackFault('damaged', what);
export const tooLarge = (maxBytes: number): UnpackFault =>
  new UnpackFault('too-large', `unpacks to more than ${maxBytes} bytes`);

/** Bytes as they are unpacked: grows with what comes and never beyond its bound. */
export class Sink {
  private bytes: Buffer;
  private readonly maxBytes: number;
  length = 0;

  constructor(expectedBytes: number, maxBytes: number) {
    this.maxBytes = maxBytes;
    this.bytes = Buffer.allocUnsafe(Math.min(expectedBytes, maxBytes));
  }

  append(source: Uint8Array): void {
    const from = this.grow(source.length);
    this.bytes.set(source, from);
  }

  /** Repeats `count` bytes that stand `distance` bytes back; what is repeated may reach into what it makes. */
  repeat(distance: number, count: number, floor = 0): void {
    if (distance === 0 || distance > this.length - floor) throw damaged('refers to bytes before the first');
    const to = this.grow(count);
    const { bytes } = this;
    if (distance >= count) bytes.copyWithin(to, to - distance, to - distance + count);
    else for (let at = to; at < to + count; at++) bytes[at] = bytes[at - distance] as number;
  }

  /** What was unpacked. */
  taken(): Buffer {
    return this.bytes.subarray(0, this.length);
  }

  /** Makes room for further bytes. @returns where they begin */
  private grow(count: number): number {
    const from = this.length;
    const needed = from + count;
    if (needed > this.maxBytes) throw tooLarge(this.maxBytes);
    if (needed > this.bytes.length) {
      const larger = Buffer.allocUnsafe(Math.min(this.maxBytes, Math.max(needed, 2 * this.bytes.length)));
      this.bytes.copy(larger, 0, 0, from);
      this.bytes = larger;
    }
    this.length = needed;
    return from;
  }
}
