import { rawEdge } from '../store';
import type { AnswerContext } from './context';
import type { Notice } from './frames';
import type { TimeRange } from './standing';

/** Says what of these ranges (epoch s, read from single events) lies before the moment from which events are kept. */
export function expiredNotices(
  ranges: readonly TimeRange[],
  { retention = {} }: Pick<AnswerContext, 'retention'>,
): Notice[] {
  const edge = rawEdge(retention);
  if (!ranges.some(([from, to]) => from < Math.min(edge, to))) return [];
  const until = new Date(edge * 1000).toISOString().replace('.000', '');
  const kept =
    edge === retention.closedUntil
      ? 'were kept for fewer days before'
      : `are kept for ${retention.rawDays ?? ''} days`;
  return [
    {
      severity: 'info',
      text: `Single events ${kept}: what is older than ${until} may be missing, in part or altogether`,
    },
  ];
}
