import type { Field } from '@grafana/data';
import { t } from '../texts';
import { follow, linksOfRow } from './dataLinks';
import type { FilterPair } from './filtering';

/** Something that a person can do with what was clicked. */
export interface Choice {
  readonly label: string;
  /** Set where it opens a page. */
  readonly href?: string;
  readonly target?: '_blank' | undefined;
  readonly run: () => void;
}

/** What was clicked, as far as something can be done with it. */
export interface Clicked {
  /** What the dashboard can be filtered by; none where it has no name that a filter could take. */
  readonly pairs: readonly FilterPair[];
  /** What stands between the names. */
  readonly joint?: string;
  /** Rows whose fields may have data links. */
  readonly rows: ReadonlyArray<{ readonly fields: ReadonlyArray<Field | undefined>; readonly row: number }>;
}

/** Filter the dashboard by it, and follow the data links of its rows. */
export function choicesFor(
  { pairs, joint, rows }: Clicked,
  filter: ((pairs: readonly FilterPair[]) => void) | undefined
): Choice[] {
  return [...filterChoices(pairs, filter, joint), ...rows.flatMap(({ fields, row }) => linkChoices(fields, row))];
}

/** To filter the dashboard by these names; nothing where there are none, or nothing to filter. */
export function filterChoices(
  pairs: readonly FilterPair[],
  filter: ((pairs: readonly FilterPair[]) => void) | undefined,
  joint = ', '
): Choice[] {
  if (!filter || pairs.length === 0) {
    return [];
  }
  const names = pairs.map(({ value }) => value).join(joint);
  return [{ label: t('actions.filter', 'Show only {{names}}', { names }), run: () => filter(pairs) }];
}

/** To follow the data links of a row. */
export function linkChoices(fields: ReadonlyArray<Field | undefined>, row: number): Choice[] {
  return linksOfRow(fields, row).map((link) => ({ ...link, label: link.title, run: () => follow(link) }));
}
