import { choicesFor, type Choice } from '../../../shared/actions/choices';
import type { FilterPair } from '../../../shared/actions/filtering';
import type { Entity } from '../board/types';

/** What the service calls everything beyond a limit: no value that could be filtered by. */
const OTHER = 'other';

/** What a click on a cell can do: filter by its name, follow the data links of its rows. */
export function choicesOf(
  { name, dimension, places }: Entity,
  filter: ((pairs: readonly FilterPair[]) => void) | undefined
): Choice[] {
  return choicesFor({ pairs: name === OTHER ? [] : [{ dimension, value: name }], rows: places }, filter);
}
