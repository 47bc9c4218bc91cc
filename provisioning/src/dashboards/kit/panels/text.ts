import { TextMode, type Options } from '@grafana/grafana-foundation-sdk/text';
import type { Unplaced } from '../grid';

/** A few lines that say what a dashboard answers and what to do with it; Markdown. */
export function guide(content: string): Unplaced {
  const options: Options = { mode: TextMode.Markdown, content };
  return { type: 'text', title: 'Guide', options };
}
