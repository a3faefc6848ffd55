/** A stream of random numbers that depends on its seed alone. */
export interface RandomStream {
  /** Next 32 bits as an unsigned integer. */
  uint32(): number;
  /** Uniform on [0, 1), 32 bits of resolution. */
  uniform(): number;
  /** Uniform integer in [0, bound), without modulo bias; bound between 1 and 2^32. */
  below(bound: number): number;
}

/**
 * Seeded stream: sfc32 (Chris Doty-Humphrey, PractRand), state filled from the seed by splitmix32.
 * `purpose` separates streams of one seed, so that adding a consumer does not shift another one's numbers.
 */
export function randomStream(seed: number, purpose: string): RandomStream {
  let mixed = (seed ^ Math.floor(seed / 2 ** 32)) >>> 0;
  for (let index = 0; index < purpose.length; index++) {
    mixed = Math.imul(mixed ^ purpose.charCodeAt(index), 0x01000193) >>> 0;
  }
  const splitmix = () => {
    mixed = (mixed + 0x9e3779b9) >>> 0;
    let word = mixed ^ (mixed >>> 16);
    word = Math.imul(word, 0x21f0aaad);
    word ^= word >>> 15;
    word = Math.imul(word, 0x735a2d97);
    return (word ^ (word >>> 15)) | 0;
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let counter = 1;
  const uint32 = () => {
    const out = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + out;
    c |= 0;
    return out >>> 0;
  };
  for (let round = 0; round < 12; round++) uint32();
  const below = (bound: number) => {
    const limit = 2 ** 32 - (2 ** 32 % bound);
    let word = uint32();
    while (word >= limit) word = uint32();
    return word % bound;
  };
  return { uint32, uniform: () => uint32() / 2 ** 32, below };
}

/** Standard normal draw, by Box and Muller. */
export function standardNormal(random: RandomStream): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
  return radius * Math.cos(2 * Math.PI * random.uniform());
}

/** Shuffles in place, every order equally likely (Fisher and Yates). */
export function shuffle<T extends { length: number; [index: number]: unknown }>(
  items: T,
  random: RandomStream,
): T {
  for (let last = items.length - 1; last > 0; last--) {
    const other = random.below(last + 1);
    const held = items[last];
    (items as Record<number, unknown>)[last] = items[other];
    (items as Record<number, unknown>)[other] = held;
  }
  return items;
}
