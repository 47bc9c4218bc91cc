import type { PlacedLink } from './layout';

/**
 * The outline of a link as an SVG path: as wide as the link where it begins, and `through` (0 to 1) of that where it ends.
 */
export function bandPath({ x0, y0, x1, y1 }: PlacedLink, width: number, through: number): string {
  const [from, to] = [width / 2, (width * through) / 2];
  const middle = (x0 + x1) / 2;
  const n = (value: number) => String(Math.round(value * 100) / 100);
  const curve = (startX: number, endX: number, endY: number, startY: number) =>
    `C${n(middle)},${n(startY)} ${n(middle)},${n(endY)} ${n(endX)},${n(endY)}`;
  return [
    `M${n(x0)},${n(y0 - from)}`,
    curve(x0, x1, y1 - to, y0 - from),
    `L${n(x1)},${n(y1 + to)}`,
    curve(x1, x0, y0 + from, y1 + to),
    'Z',
  ].join('');
}
