import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { QueryInput } from '../../model';
import { DATASOURCE } from './datasource';
import { NARROWED_BY, narrowing, type Narrowed } from './variables';

type Part<Input> = Input extends unknown ? Omit<Input, 'refId' | 'from' | 'to'> : never;

/** A question of the model, without what a panel adds to it; `previous` asks it of the range before. */
export type Question = Part<QueryInput> & { readonly previous?: true };

/** Form of questions in the datasource's saved queries. */
const SCHEMA_VERSION = 1;

/** The question as a panel asks it. */
export function ask(question: Question, refId = 'A'): Dataquery {
  return {
    refId,
    datasource: DATASOURCE,
    schemaVersion: SCHEMA_VERSION,
    ...question,
  } as unknown as Dataquery;
}

/** The question about the mail that the dashboard's variables choose, but for those that are left out. */
export function askNarrowed<Asked extends Question & { filters?: unknown }>(
  question: Asked,
  { refId = 'A', without = [] }: { refId?: string; without?: readonly Narrowed[] } = {},
): Dataquery {
  const names = NARROWED_BY.map(({ name }) => name).filter((name) => !without.includes(name));
  const filters = [...narrowing(names), ...((question.filters as object[] | undefined) ?? [])];
  return ask({ ...question, filters } as unknown as Question, refId);
}

/** The counters that change as logs are loaded, from Grafana's live stream. */
export function askLive(): Dataquery {
  return {
    refId: 'A',
    datasource: DATASOURCE,
    schemaVersion: SCHEMA_VERSION,
    queryType: 'live',
  } as unknown as Dataquery;
}
