/** A bijective mix of 32 bits: distinct inputs stay distinct, neighbours become unrelated. */
export function mix(value: number): number {
  let x = value | 0;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/** A seed given as text (any text) as 32 bits. */
export function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return mix(hash);
}

/** A stream of random numbers that is a pure function of (seed, index). */
export class Draws {
  private state = 0;
  private readonly seed: number;

  constructor(seed: number) {
    this.seed = mix(seed ^ 0x5bd1e995);
  }

  /** Starts the stream of one index. */
  start(index: number): void {
    this.state = mix(this.seed ^ mix(index));
  }

  /** The next number, 0 <= x < 1. */
  next(): number {
    this.state = (this.state + 0x9e3779b9) | 0;
    return mix(this.state) / 4294967296;
  }
}

/**
 * A table for choosing by weight in one look-up: `picks[floor(x * picks.length)]` is the index of the chosen weight.
 * Weights below 1 / 65536 of the sum are never chosen.
 */
export function pickTable(weights: readonly number[]): Uint16Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const picks = new Uint16Array(65536);
  let at = 0;
  let cumulated = 0;
  weights.forEach((weight, index) => {
    cumulated += weight;
    const end = Math.round((cumulated / total) * picks.length);
    picks.fill(index, at, end);
    at = end;
  });
  return picks;
}

/** Chooses from a table made by {@link pickTable}. */
export function pick(picks: Uint16Array, x: number): number {
  return picks[(x * picks.length) | 0] as number;
}
