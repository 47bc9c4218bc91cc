import { FieldType, dateTime, toDataFrame, type DataLink } from '@grafana/data';
import { MESSAGE_FIELD, withLinks, type LinkContext } from './links';

const HOSTILE = 'javascript:alert(1)&var-vmta=x"><${__from}';
const range = { from: dateTime(1000), to: dateTime(2000), raw: { from: 'now-1h', to: 'now' } };

const context = (...dashboards: string[]): LinkContext => ({
  datasource: { uid: 'u', name: 'n' },
  dashboards: new Set(dashboards),
  range,
});

function linksOf(name: string, links: LinkContext): DataLink[] {
  const frame = toDataFrame({ fields: [{ name, type: FieldType.string, values: ['x'] }] });
  return withLinks(frame, links).fields[0]?.config.links ?? [];
}

/** Grafana fills in what it knows on the page. */
const filled = (known: Record<string, string>) => (text: string) => known[text] ?? text;

function address(link: DataLink | undefined, known: Record<string, string>): URL {
  const href = link?.onBuildUrl?.({ origin: undefined, replaceVariables: filled(known) }) ?? '';
  expect(href).toMatch(/^\/d\//);
  return new URL(href, 'http://grafana');
}

// Without it a link would lose the time a person looks at, or lead to a provider beside the one that was clicked.
test('a provider leads to its dashboard, time and variables kept, its own variable replaced', () => {
  const [link] = linksOf('provider', context('pmta-domains', 'pmta-health'));
  const { pathname, searchParams } = address(link, {
    '${__value.raw}': 'gmail',
    '${__url_time_range}': 'from=now-6h&to=now',
    '${__all_variables}': 'var-provider=$__all&var-job=J-1&var-job=J-2',
  });
  expect(pathname).toBe('/d/pmta-domains');
  expect(searchParams.getAll('var-provider')).toEqual(['gmail']);
  expect(searchParams.getAll('var-job')).toEqual(['J-1', 'J-2']);
  expect([searchParams.get('from'), searchParams.get('to')]).toEqual(['now-6h', 'now']);
});

test('what has no variable is one more filter, whatever its text holds', () => {
  const [link] = linksOf('reason', context('pmta-events'));
  const { pathname, searchParams } = address(link, {
    '${__value.raw}': 'try later, or | not #1',
    '${__all_variables}': 'var-provider=gmail&var-filters=vmta%7C%3D%7Cv',
  });
  expect(pathname).toBe('/d/pmta-events');
  expect(searchParams.getAll('var-filters')).toEqual(['vmta|=|v', 'reason|=|try later__gfc__ or __gfp__ not __gfh__1']);
  expect(searchParams.get('var-provider')).toBe('gmail');
});

test('outside of dashboards the range of the query is kept', () => {
  const { search } = address(linksOf('vmta', context('pmta-vmta'))[0], { '${__value.raw}': 'v' });
  expect(search).toBe('?from=1000&to=2000&var-vmta=v');
});

test('text of senders is one value, whatever it holds', () => {
  const href = linksOf('job', context('pmta-job'))[0]?.onBuildUrl?.({
    origin: undefined,
    replaceVariables: filled({ '${__value.raw}': HOSTILE }),
  });
  expect(href).not.toMatch(/[$"<>]|javascript:/);
  expect(new URL(href ?? '', 'http://grafana').searchParams.get('var-job')).toBe(HOSTILE);
});

test('dashboards that are not there are not linked to; the next best one is', () => {
  expect(linksOf('provider', context())).toEqual([]);
  expect(address(linksOf('vmta', context('pmta-health'))[0], { '${__value.raw}': 'v' }).pathname).toBe(
    '/d/pmta-health'
  );
});

test('a message leads to its trace, and a log line to that of its message', () => {
  expect(linksOf('messageId', context())[0]?.internal).toEqual({
    datasourceUid: 'u',
    datasourceName: 'n',
    query: { refId: 'A', queryType: 'trace', messageId: '${__value.raw}' },
  });
  const logs = toDataFrame({
    meta: { preferredVisualisationType: 'logs' },
    fields: [{ name: 'id', type: FieldType.string, values: ['7-12'] }],
  });
  const { fields } = withLinks(logs, context());
  expect(fields.map(({ name }) => name)).toEqual(['id', MESSAGE_FIELD]);
  expect(fields[1]?.values).toEqual(['7-12']);
  expect(fields[1]?.config.links?.[0]?.internal?.query).toMatchObject({ event: '${__value.raw}' });
});

test('numbers and other fields are left alone', () => {
  const frame = toDataFrame({ fields: [{ name: 'provider', type: FieldType.number, values: [1] }] });
  expect(withLinks(frame, context('pmta-health')).fields[0]?.config.links).toBeUndefined();
  expect(linksOf('diag', context('pmta-health'))).toEqual([]);
});
