/** Epoch seconds as `2026-09-15 00:00:50` in UTC. */
export function utc(time: number): string {
  return new Date(time * 1000).toISOString().slice(0, 19).replace('T', ' ');
}
