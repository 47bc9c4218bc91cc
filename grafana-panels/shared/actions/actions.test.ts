import { FieldType, toDataFrame, type LinkModel } from '@grafana/data';
import { locationService, setTemplateSrv, type TemplateSrv } from '@grafana/runtime';
import { choicesFor } from './choices';
import { filterAction } from './filtering';

const dashboardHas = (...names: string[]) =>
  setTemplateSrv({ getVariables: () => names.map((name) => ({ name })) } as unknown as TemplateSrv);

const pairs = [
  { dimension: 'vmta', value: 'VMTA-5' },
  { dimension: 'senderDomain', value: 'a&b' },
];

beforeEach(() => locationService.replace('/d/pmta-flow'));

// A second ad-hoc filter of the same dimension is added to the first: nothing is both, and the dashboard would be empty.
test('variables of the dashboard come first, what has none becomes an ad-hoc filter', () => {
  dashboardHas('vmta', 'provider');
  const onAddAdHocFilter = jest.fn();
  filterAction('auto', { onAddAdHocFilter })?.(pairs);
  expect(locationService.getSearchObject()).toEqual({ 'var-vmta': 'VMTA-5' });
  expect(onAddAdHocFilter.mock.calls).toEqual([[{ key: 'senderDomain', value: 'a&b', operator: '=' }]]);
});

test('several ad-hoc filters are set at once', () => {
  dashboardHas();
  const [onAddAdHocFilter, onAddAdHocFilters] = [jest.fn(), jest.fn()];
  filterAction('auto', { onAddAdHocFilter, onAddAdHocFilters })?.(pairs);
  expect(onAddAdHocFilters.mock.calls[0][0]).toHaveLength(2);
  expect(onAddAdHocFilter).not.toHaveBeenCalled();
});

test('where nothing would happen nothing is offered', () => {
  dashboardHas();
  expect(filterAction('auto', {})).toBeUndefined();
  expect(filterAction('adhoc', {})).toBeUndefined();
  expect(filterAction('none', { onAddAdHocFilter: jest.fn() })).toBeUndefined();
});

test('names are said as they are, and links are followed where they lead', () => {
  const frame = toDataFrame({ fields: [{ name: 'job', type: FieldType.string, values: ['a'] }] });
  const [field] = frame.fields;
  const hrefs = ['/d/pmta-job?var-job=a', 'https://example.org/a', 'javascript:alert(1)', ' java\nscript:alert(1)'];
  if (field) {
    field.getLinks = () => hrefs.map((href) => ({ title: 'Open', href, target: '_self' }) as LinkModel);
  }
  const open = jest.spyOn(window, 'open').mockReturnValue(null);
  const choices = choicesFor({ pairs, joint: ' → ', rows: [{ fields: frame.fields, row: 0 }] }, jest.fn());
  expect(choices.map(({ label }) => label)).toEqual(['Show only VMTA-5 → a&b', 'Open', 'Open']);
  choices.slice(1).forEach(({ run }) => run());
  expect(locationService.getLocation().pathname).toBe('/d/pmta-job');
  expect(open.mock.calls).toEqual([['https://example.org/a', '_self', 'noopener']]);
});
