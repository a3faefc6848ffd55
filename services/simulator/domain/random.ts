/** A stream of random numbers that depends on its seed and purpose alone. */
export interface RandomStream {
  /** Uniform on [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** Uniform on [low, high). */
  between(low: number, high: number): number;
  /** Uniform whole number from low to high, both included. */
  whole(low: number, high: number): number;
  /** True with this probability. */
  chance(probability: number): boolean;
  /** Standard normal (Box and Muller). */
  normal(): number;
  /** One of the items, each equally likely; the list must not be empty. */
  pick<Item>(items: readonly Item[]): Item;
  /** A copy in random order (Fisher and Yates). */
  shuffled<Item>(items: readonly Item[]): Item[];
}

/**
 * Seeded stream: sfc32 (Chris Doty-Humphrey, PractRand), its state filled by splitmix32 from the seed and the purpose.
 * Every firm and every kind of draw has a purpose of its own: what one of them draws never shifts another's numbers,
 * so a scenario and its twin without effect have the same noise.
 */
export const randomStream = (seed: number, purpose: string): RandomStream => new Sfc32(seed, purpose);

class Sfc32 implements RandomStream {
  private a = 0;
  private b = 0;
  private c = 0;
  private counter = 1;

  constructor(seed: number, purpose: string) {
    let mixed = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0;
    for (let index = 0; index < purpose.length; index++) {
      mixed = Math.imul(mixed ^ purpose.charCodeAt(index), 0x01000193) >>> 0;
    }
    this.a = splitmix32(mixed + STEP);
    this.b = splitmix32(mixed + 2 * STEP);
    this.c = splitmix32(mixed + 3 * STEP);
    for (let round = 0; round < 12; round++) this.uint32();
  }

  private uint32(): number {
    const out = (((this.a + this.b) | 0) + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = (((this.c << 21) | (this.c >>> 11)) + out) | 0;
    return out >>> 0;
  }

  uniform(): number {
    return this.uint32() / 2 ** 32;
  }

  between(low: number, high: number): number {
    return low + this.uniform() * (high - low);
  }

  whole(low: number, high: number): number {
    return low + Math.floor(this.uniform() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  pick<Item>(items: readonly Item[]): Item {
    return items[this.whole(0, items.length - 1)] as Item;
  }

  shuffled<Item>(items: readonly Item[]): Item[] {
    const copy = [...items];
    for (let last = copy.length - 1; last > 0; last--) {
      const other = this.whole(0, last);
      [copy[last], copy[other]] = [copy[other] as Item, copy[last] as Item];
    }
    return copy;
  }
}

const STEP = 0x9e3779b9;

function splitmix32(state: number): number {
  const mixed = state >>> 0;
  let word = mixed ^ (mixed >>> 16);
  word = Math.imul(word, 0x21f0aaad);
  word ^= word >>> 15;
  word = Math.imul(word, 0x735a2d97);
  return (word ^ (word >>> 15)) | 0;
}

/**
 * One value in each of `count` equal slices of [0, 1), in random order (one margin of a Latin hypercube): the group's
 * mix is the same for every seed, and which firm gets which value is not.
 */
export function stratified(random: RandomStream, count: number): number[] {
  return random.shuffled(Array.from({ length: count }, (_, slice) => (slice + random.uniform()) / count));
}
