/** A line below the drawing, in pixels, and the most of them. */
const [LINE, MOST] = [20, 2];

/** Height of what stands below a drawing, whose texts are about so wide together; in pixels. */
export function footerHeight(width: number, texts: number): number {
  return LINE * Math.min(MOST, Math.max(1, Math.ceil(texts / width)));
}
