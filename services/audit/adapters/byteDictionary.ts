const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * Numbers distinct byte strings in order of appearance, without making a JavaScript string of each row's cell: FNV-1a
 * with open addressing. Remembers where each first occurred; `values()` decodes those as UTF-8.
 */
export class ByteDictionary {
  private slots = new Int32Array(1 << 12).fill(-1);
  private starts: number[] = [];
  private ends: number[] = [];
  private hashes: number[] = [];
  private previous = -1;
  private readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  codeOf(start: number, end: number): number {
    // Rows of one unit often follow one another.
    if (this.previous !== -1 && this.same(this.previous, start, end)) return this.previous;
    const { bytes } = this;
    let hash = FNV_OFFSET;
    for (let at = start; at < end; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), FNV_PRIME);
    const mask = this.slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (;;) {
      const code = this.slots[slot] ?? -1;
      if (code === -1) break;
      if (this.hashes[code] === hash && this.same(code, start, end)) {
        this.previous = code;
        return code;
      }
      slot = (slot + 1) & mask;
    }
    const code = this.starts.length;
    this.slots[slot] = code;
    this.starts.push(start);
    this.ends.push(end);
    this.hashes.push(hash);
    this.previous = code;
    if (this.starts.length * 2 > this.slots.length) this.grow();
    return code;
  }

  values(): string[] {
    return this.starts.map((start, code) => unquote(this.bytes.toString('utf8', start, this.ends[code])));
  }

  private same(code: number, start: number, end: number): boolean {
    const from = this.starts[code] ?? 0;
    const length = end - start;
    if ((this.ends[code] ?? 0) - from !== length) return false;
    const { bytes } = this;
    for (let at = 0; at < length; at++) if (bytes[from + at] !== bytes[start + at]) return false;
    return true;
  }

  private grow(): void {
    const slots = new Int32Array(this.slots.length * 4).fill(-1);
    const mask = slots.length - 1;
    this.hashes.forEach((hash, code) => {
      let slot = (hash ^ (hash >>> 15)) & mask;
      while (slots[slot] !== -1) slot = (slot + 1) & mask;
      slots[slot] = code;
    });
    this.slots = slots;
  }
}

/** A doubled quote inside a quoted cell stands for one. */
const unquote = (text: string): string => (text.includes('""') ? text.replaceAll('""', '"') : text);
