import type { Lane, Lanes } from '../layout/lanes';
import type { Step } from './types';

/** Each step in a row of its own with its name, from the first to the last. */
export function waterfallOf(steps: readonly Step[], nameOf: (step: Step) => string): Lanes<Step> {
  const lanes = steps.map((step, line): Lane => ({ name: nameOf(step), line, lines: 1 }));
  return { lanes, lines: steps.map((span, line) => [{ span, line }]) };
}
