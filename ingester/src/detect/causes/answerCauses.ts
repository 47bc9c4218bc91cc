import {
  describeParts,
  expiredNotices,
  rawRanges,
  rowsFrame,
  type AnswerContext,
  type CausesQuery,
  type Frame,
  type Notice,
} from '../../model';
import type { Store } from '../../store';
import { investigate } from './evidence';
import { findingAt, findingsIn, PLACES, silenceAt, type Finding, type Grouping } from './findings';
import { fixedIn, openInquiry, type Inquiry } from './inquiry';
import { CAUSE_COLUMNS, rowsOf } from './rows';
import { scopeOf } from './scope';
import { symptomsOf } from './symptoms';

/** Causes where the query sets no limit. */
const DEFAULT_CAUSES = 5;

/** Answers a causes query. Throws QueryError, or what the store throws. */
export async function answerCauses(
  store: Pick<Store, 'read'>,
  query: CausesQuery,
  context: AnswerContext,
): Promise<Frame[]> {
  const asked = await scopeOf(store, query, context);
  if (asked.window[0] >= asked.window[1])
    return [rowsFrame(CAUSE_COLUMNS, [], { refId: query.refId, notices: [], custom: {} })];
  const inquiry = await openInquiry(store, asked, context);
  const { scope, baseline, comparison, parts } = inquiry;
  const found = await findingsOf(inquiry);
  const wanted = found.slice(0, query.limit ?? DEFAULT_CAUSES);
  const causes = await Promise.all(wanted.map((finding) => investigate(inquiry, finding)));
  const milliseconds = ([from, to]: readonly [number, number]) => [from * 1000, to * 1000];
  const rows = causes
    .sort((a, b) => b.confidence - a.confidence)
    .flatMap((cause, index) => rowsOf(cause, index + 1, inquiry));
  const options = {
    refId: query.refId,
    notices: [
      ...noticesOf(baseline.words, found.length, wanted.length),
      ...causes.flatMap(({ notices }) => notices),
      ...expiredNotices(rawRanges(parts), context),
    ],
    custom: {
      range: milliseconds(scope.window),
      comparedWith: baseline.windows.map(milliseconds),
      ...describeParts(parts, { ...comparison, from: 0, to: 0, metrics: [], groupBy: [] }),
    },
  };
  return [rowsFrame(CAUSE_COLUMNS, rows, options)];
}

/** What is the matter: at the place of an incident what its kind says, else whatever stands out of the mail of the scope. */
async function findingsOf(inquiry: Inquiry): Promise<Finding[]> {
  const { scope, all, comparison } = inquiry;
  const { place, kind, filters } = scope;
  const symptoms = symptomsOf(kind);
  if (symptoms && place.length > 0) {
    const around = symptoms.includes('silence') ? await inquiry.sum({ ...comparison, filters }) : all;
    const found = symptoms.map((symptom) =>
      symptom === 'silence' ? silenceAt(place, all, around) : findingAt(symptom, place, all, all),
    );
    return found.sort((a, b) => b.excess - a.excess).slice(0, 1);
  }
  const fixed = fixedIn(comparison);
  const open = PLACES.filter((dimensions) => !dimensions.some((dimension) => fixed.includes(dimension)));
  const groupings = await Promise.all(
    open.map(
      async (dimensions): Promise<Grouping> => ({
        dimensions,
        cells: await inquiry.compare(comparison, dimensions, all),
      }),
    ),
  );
  return findingsIn(all, groupings).map((finding) => ({ ...finding, place: [...place, ...finding.place] }));
}

function noticesOf(comparedWith: string, found: number, told: number): Notice[] {
  const info = (text: string): Notice => ({ severity: 'info', text });
  return [
    info(`Compared with ${comparedWith}`),
    ...(found === 0 ? [info('Nothing changed beyond what chance explains')] : []),
    ...(found > told ? [info(`Cut to ${told} causes; ${found - told} more are left out`)] : []),
  ];
}
