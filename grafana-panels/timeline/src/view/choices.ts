import { locationUtil, type AbsoluteTimeRange } from '@grafana/data';
import { t } from '../../../shared/texts';
import { filterChoices, linkChoices, type Choice } from '../../../shared/actions/choices';
import { follow } from '../../../shared/actions/dataLinks';
import type { FilterPair } from '../../../shared/actions/filtering';
import { textAt } from '../../../shared/fields/find';
import { JOINT } from '../spans/read';
import type { Span, SpanFields } from '../spans/types';

/** What can be asked of the dashboard. */
export interface Dashboard {
  /** Filters it; undefined where it cannot be filtered. */
  readonly filter: ((pairs: readonly FilterPair[]) => void) | undefined;
  readonly setRange: (range: AbsoluteTimeRange) => void;
}

/** Time before and after a span that is shown with it, as a part of what it lasted. */
const AROUND = 0.1;

/** At least so much of it, in milliseconds: what was short is looked at with what led to it. */
const LEAST_AROUND = 5 * 60_000;

/** What can be done with a span: filter by what it is about, look at its time, follow the data links of its row. */
export function choicesOf(
  span: Span,
  fields: Pick<SpanFields, 'about' | 'frame'> & Partial<Pick<SpanFields, 'link'>>,
  { filter, setRange }: Dashboard
): Choice[] {
  const { row, start, end } = span;
  const { link } = fields;
  const pairs = fields.about.flatMap((field) => {
    const value = textAt(field, row);
    return value === '' ? [] : [{ dimension: field.name, value }];
  });
  const choices = filterChoices(pairs, filter, JOINT);
  const around = Math.max(LEAST_AROUND, AROUND * (end - start));
  choices.push({
    label: t('timeline.look', 'Show its time'),
    run: () => setRange({ from: Math.floor(start - around), to: Math.ceil(end + around) }),
  });
  // Of the address of a dashboard, its place in this Grafana alone: it is text of an answer.
  const own = textAt(link, row);
  if (own.startsWith('/d/')) {
    const href = locationUtil.assureBaseUrl(own);
    choices.push({
      label: t('timeline.dashboard', 'Open its dashboard'),
      href,
      run: () => follow({ href, target: undefined }),
    });
  }
  return [...choices, ...linkChoices(fields.frame.fields, row)];
}
