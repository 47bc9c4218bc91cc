/** Bytes that sizes are counted between: rollups tell on which side of each a delivery is. The view of the store has the same. */
export const SIZE_EDGES: readonly number[] = [
  ...[100, 1000, 10_000, 100_000, 1_000_000, 10_000_000].flatMap((edge) => [edge, 2 * edge, 5 * edge]),
  100_000_000,
];
