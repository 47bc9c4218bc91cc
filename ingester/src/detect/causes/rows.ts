import type { Column, Value } from '../../model';
import { dashboardLink, type Named } from '../../model';
import { figureOf, type Cause, type Contribution } from './evidence';
import type { Inquiry } from './inquiry';
import { causeSentence, onsetSentence, peerSentence, reasonSentence, sourceSentence } from './words';

/** Columns of an answer: a row for each cause, and after it one for each piece of its evidence, with its rank. */
export const CAUSE_COLUMNS = [
  { name: 'rank', kind: 'number' },
  { name: 'cause', kind: 'text' },
  { name: 'evidence', kind: 'text' },
  { name: 'dimension', kind: 'text' },
  { name: 'value', kind: 'text' },
  { name: 'share', kind: 'number', unit: 'percentunit' },
  { name: 'change', kind: 'number', unit: 'short' },
  { name: 'before', kind: 'number', unit: 'short' },
  { name: 'now', kind: 'number', unit: 'short' },
  { name: 'sentence', kind: 'text' },
  { name: 'confidence', kind: 'number', unit: 'percentunit' },
  { name: 'link', kind: 'text' },
] as const satisfies readonly Column[];

type Cells = Partial<Record<(typeof CAUSE_COLUMNS)[number]['name'], Value>>;

/** What a row is: the cause itself, or of its evidence what it tells of. */
type Evidence = 'cause' | 'reason' | 'source' | 'place' | 'before' | 'not' | 'also';

/** The rows of a cause, its own first. */
export function rowsOf(cause: Cause, rank: number, { comparison }: Inquiry): (Value | undefined)[][] {
  const { finding, name, confidence, diagnostics, onsets } = cause;
  const { now: window, slowFrom } = comparison;
  const figure = figureOf(finding);
  const row = (evidence: Evidence, values: readonly Named[], sentence: string, cells: Cells = {}): Cells => ({
    rank,
    cause: name,
    evidence,
    dimension: values.map(({ dimension }) => dimension).join(', '),
    value: values.map(({ value }) => value).join(', '),
    sentence,
    link: dashboardLink([...finding.place, ...values.filter((one) => !finding.place.includes(one))], window),
    ...cells,
  });
  const changed = (before: number, now: number, share: number): Cells => ({
    share,
    change: now - before,
    before,
    now,
  });
  const contributed = (evidence: Evidence, contributions: readonly Contribution[]) =>
    contributions.map(({ name: one, sides, share }) =>
      row(
        evidence,
        [one],
        sourceSentence(one, finding, sides, share),
        changed(sides.before[figure], sides.now[figure], share),
      ),
    );
  const { sides } = finding;
  const rows = [
    row('cause', finding.place, causeSentence(finding, name, diagnostics, slowFrom, window), {
      ...changed(sides.before[figure], sides.now[figure], finding.share),
      confidence,
    }),
    ...diagnostics.map((one) =>
      row(
        'reason',
        [{ dimension: one.class === '' ? 'bounceCategory' : 'reason', value: one.reason }],
        reasonSentence(one),
        changed(one.before, one.now, one.share),
      ),
    ),
    ...contributed('source', cause.sources),
    ...contributed('place', cause.routes),
    ...onsets.map((onset, index) => ({
      ...row(
        'before',
        [],
        onsetSentence(onset, { before: onsets[index - 1], next: onsets[index + 1] }, window[0]),
      ),
      dimension: 'time',
      value: new Date(onset.at * 1000).toISOString(),
    })),
    ...cause.peers.map(({ peer, sides: theirs, verdict }) =>
      row(
        verdict === 'bad' ? 'also' : 'not',
        peer.suspect ? [peer.suspect] : [],
        peerSentence(finding, peer, verdict, theirs),
        { before: theirs.before[figure], now: theirs.now[figure] },
      ),
    ),
  ];
  return rows.map((cells) => CAUSE_COLUMNS.map((column) => cells[column.name]));
}
