/** Items by a key, in their order. */
export function partitioned<T>(items: readonly T[], key: (item: T) => string): Map<string, T[]> {
  const parts = new Map<string, T[]>();
  for (const item of items) {
    const own = key(item);
    const part = parts.get(own);
    if (part) part.push(item);
    else parts.set(own, [item]);
  }
  return parts;
}
