import type { AdHocVariableFilter } from '@grafana/data';
import type { Filter } from '../types';

/** Grafana's operators that the API has under another name. */
const OPERATORS: Readonly<Record<string, Filter['operator']>> = {
  '=|': 'in',
  '!=|': 'notIn',
  '=~': 'regex',
  '!~': 'notRegex',
};

/**
 * Ad-hoc filters as the API's. One without a key, which a person has not finished, is left out; an operator that
 * nobody knows stays, so that the API names it: figures without a condition that is shown would be false.
 */
export function fromAdHoc(filters: readonly AdHocVariableFilter[] | undefined): Filter[] {
  return (filters ?? []).flatMap(({ key, operator: given, value, values }) => {
    if (key === '') {
      return [];
    }
    const operator = OPERATORS[given] ?? (given as Filter['operator']);
    const several = operator === 'in' || operator === 'notIn';
    return [{ dimension: key, operator, values: several ? (values ?? [value]) : [value] }];
  });
}
