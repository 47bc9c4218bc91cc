import type { AdHocVariableFilter } from '@grafana/data';
import type { Filter } from '../types';

const OPERATORS: Readonly<Record<string, Filter['operator']>> = {
  '=': '=',
  '!=': '!=',
  '=|': 'in',
  '!=|': 'notIn',
  '=~': 'regex',
  '!~': 'notRegex',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

/** Ad-hoc filters as the API's. One without a key, which a person has not finished, is left out. */
export function fromAdHoc(filters: readonly AdHocVariableFilter[] | undefined): Filter[] {
  return (filters ?? []).flatMap(({ key, operator, value, values }) => {
    const known = OPERATORS[operator];
    if (key === '' || known === undefined) {
      return [];
    }
    const several = known === 'in' || known === 'notIn';
    return [{ dimension: key, operator: known, values: several ? (values ?? [value]) : [value] }];
  });
}
