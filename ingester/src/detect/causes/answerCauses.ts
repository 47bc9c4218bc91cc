import {
  describeParts,
  expiredNotices,
  rawRanges,
  rowsFrame,
  type AnswerContext,
  type CausesQuery,
  type Filter,
  type Frame,
  type Notice,
} from '../../model';
import type { Store } from '../../store';
import { WHOLE } from '../figures';
import { investigate } from './evidence';
import {
  findingAt,
  findingsIn,
  PLACES,
  silenceAt,
  type Finding,
  type Grouping,
  type Sides,
} from './findings';
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
      ...noticesOf(
        `${baseline.words}${scope.widened ? ', in whole hours' : ''}`,
        found.length,
        wanted.length,
      ),
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
    const found = await Promise.all(
      symptoms.map(async (symptom) =>
        symptom === 'silence'
          ? silenceAt(place, all, await around(inquiry, filters))
          : findingAt(symptom, place, all, all),
      ),
    );
    return found.sort((a, b) => b.excess - a.excess).slice(0, 1);
  }
  const fixed = fixedIn(comparison);
  const open = PLACES.filter((dimensions) => !dimensions.some((dimension) => fixed.includes(dimension)));
  const cells = await inquiry.compare(
    comparison,
    open.map((by) => ({ by, where: [] })),
    { totals: all },
  );
  const groupings = open.map((dimensions, index): Grouping => ({ dimensions, cells: cells[index] ?? [] }));
  return findingsIn(all, groupings).map((finding) => ({ ...finding, place: [...place, ...finding.place] }));
}

/** The attempts of all mail that the filters let through, whatever its place. */
async function around(inquiry: Inquiry, filters: readonly Filter[]): Promise<Sides> {
  const comparison = { ...inquiry.comparison, filters };
  const [[found] = []] = await inquiry.compare(comparison, [WHOLE], { figures: ['attempts'] });
  return found ?? inquiry.all;
}

function noticesOf(comparedWith: string, found: number, told: number): Notice[] {
  const info = (text: string): Notice => ({ severity: 'info', text });
  return [
    info(`Compared with ${comparedWith}`),
    ...(found === 0 ? [info('Nothing changed beyond what chance explains')] : []),
    ...(found > told ? [info(`Cut to ${told} causes; ${found - told} more are left out`)] : []),
  ];
}
