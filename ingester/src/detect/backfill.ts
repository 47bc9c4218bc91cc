import { createHash } from 'node:crypto';
import { BACKFILL } from '../model';
import type { IncidentRecord } from './records';
import { INFO_KINDS, type DetectionRules } from './rules';

/** What the summaries are told with. */
export interface Telling {
  readonly rules: DetectionRules;
  /** Zone of the days in sentences. */
  readonly timezone: string;
  /** The clock, in epoch milliseconds. */
  readonly now: number;
}

/**
 * A summary of each stretch of the clock in which old incidents were found, as a record that pages once where those
 * themselves never do. It goes on until nothing old was found for a while. Summaries in `records` keep their ids; one of
 * which nothing is left is retracted.
 */
export function backfillsOf(records: readonly IncidentRecord[], telling: Telling): IncidentRecord[] {
  const quiet = telling.rules.incidents.backfillMinutes * 60_000;
  const known = records.filter(({ kind }) => kind === BACKFILL);
  const free = new Set([...known].sort((a, b) => a.detected - b.detected));
  const told = stretchesOf(records, quiet).map((stretch) => {
    const [first, last] = [stretch[0]?.detected ?? 0, stretch.at(-1)?.detected ?? 0];
    const before = [...free].find(
      ({ detected, settled }) => detected <= last + quiet && (settled || telling.now) >= first - quiet,
    );
    if (before) free.delete(before);
    return summaryOf(stretch, before, last + quiet, telling);
  });
  const gone = [...free].map(
    (record): IncidentRecord =>
      record.state === 'retracted'
        ? record
        : { ...record, state: 'retracted', settled: record.settled || telling.now },
  );
  return [...told, ...gone];
}

/** Old incidents that were found no further from each other than `quiet` milliseconds, in the order in which they were found. */
function stretchesOf(records: readonly IncidentRecord[], quiet: number): IncidentRecord[][] {
  const old = records
    .filter(
      ({ kind, historical, state }) => historical === 1 && state !== 'retracted' && !INFO_KINDS.has(kind),
    )
    .sort((a, b) => a.detected - b.detected || a.start - b.start || (a.id < b.id ? -1 : 1));
  const stretches: IncidentRecord[][] = [];
  for (const record of old) {
    const current = stretches.at(-1);
    const last = current?.at(-1);
    if (current && last && record.detected - last.detected <= quiet) current.push(record);
    else stretches.push([record]);
  }
  return stretches;
}

function summaryOf(
  stretch: readonly IncidentRecord[],
  before: IncidentRecord | undefined,
  ends: number,
  { timezone, now }: Telling,
): IncidentRecord {
  const [first] = stretch as [IncidentRecord];
  const start = Math.min(...stretch.map((record) => record.start));
  const finish = Math.max(...stretch.map((record) => record.finish));
  const isOver = now >= ends;
  const moment = before?.opened ?? first.detected;
  return {
    ...first,
    id: before?.id ?? `${BACKFILL}-${createHash('sha256').update(first.id).digest('hex').slice(0, 12)}`,
    kind: BACKFILL,
    severity: 'warning',
    state: isOver ? 'closed' : 'open',
    ...{ provider: '', domain: '', vmta: '', pool: '', job: '', sender: '', node: '', symptomOf: '' },
    ...{ mostlyJob: '', mostlySender: '', mostlyIp: '', behind: '[]' },
    ...{ start, finish, opened: moment, detected: moment, settled: isOver ? ends : 0, historical: 0 },
    ...{ rate: null, baseline: null, waiting: null, attempts: null },
    sentence: sentenceOf(stretch, [start, finish], timezone),
  };
}

function sentenceOf(
  stretch: readonly IncidentRecord[],
  [start, finish]: readonly [number, number],
  timeZone: string,
): string {
  const counts = new Map<string, number>();
  for (const { kind } of stretch) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const kinds = [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .map(([kind, n]) => `${n} ${kind.replace(/_/g, ' ')}`);
  const day = new Intl.DateTimeFormat('en-GB', { timeZone, day: 'numeric', month: 'short', year: 'numeric' });
  const days = [...new Set([start, finish - 1].map((at) => day.format(at * 1000)))].join(' to ');
  const one = stretch.length === 1;
  return `Old logs of ${days} hold ${stretch.length} incident${one ? '' : 's'} (${kinds.join(', ')}), which ${one ? 'is' : 'are'} listed and not paged`;
}
