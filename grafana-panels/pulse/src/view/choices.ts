import { t } from '@grafana/i18n';
import { locationService } from '@grafana/runtime';
import type { Choice } from '../../../shared/actions/choices';
import { linksOfRow } from '../../../shared/actions/dataLinks';
import type { FilterPair } from '../../../shared/actions/filtering';
import type { Entity } from '../board/types';

/** What the service calls everything beyond a limit: no value that could be filtered by. */
const OTHER = 'other';

/** What a click on a cell can do: filter by its name, follow the data links of its rows. */
export function choicesOf(
  { name, dimension, places }: Entity,
  filter: ((pairs: readonly FilterPair[]) => void) | undefined
): Choice[] {
  const choices: Choice[] = [];
  if (filter && name !== OTHER) {
    choices.push({
      label: t('pulse.filter', 'Show only {{name}}', { name }),
      run: () => filter([{ dimension, value: name }]),
    });
  }
  for (const { fields, row } of places) {
    for (const { title, href, target } of linksOfRow(fields, row)) {
      const run = () => (target === '_blank' ? void window.open(href, target, 'noopener') : locationService.push(href));
      choices.push({ label: title, href, target, run });
    }
  }
  return choices;
}
