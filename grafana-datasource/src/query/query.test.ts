import examples from '../../pkg/plugin/testdata/migrations.json';
import { logsVolumeOf } from '../explore/logsVolume';
import { presetTitle } from '../help/presetTitles';
import { migrate } from '../migrations/migrate';
import type { QueryType, WatchtowerQuery } from '../types';
import { DEFAULT_QUERY, missingPart, withType } from './defaults';
import { describeQuery } from './describe';
import { PRESETS } from './presets';

test.each(examples)('migration: $says', ({ saved, today }) => {
  expect(migrate(saved as WatchtowerQuery)).toEqual(today);
});

test.each<[QueryType, Partial<WatchtowerQuery>, Partial<WatchtowerQuery>]>([
  ['metrics', {}, { metrics: ['delivered'] }],
  ['flows', { path: ['vmta'] }, { path: ['vmta', 'provider'] }],
  ['trace', { job: 'J' }, { job: 'J', recipient: 'a@b' }],
  ['values', {}, { dimension: 'job' }],
  ['sql', { sql: ' ' }, { sql: 'SELECT 1' }],
  ['service', {}, { metrics: ['storeUp'] as never }],
])('an unfinished query of type %s is not sent', (queryType, unfinished, whole) => {
  expect(missingPart({ refId: 'A', queryType, ...unfinished })).toBeDefined();
  expect(missingPart({ refId: 'A', queryType, ...whole })).toBeUndefined();
});

test('another kind keeps what is everyone’s and begins anew with the rest', () => {
  const filters = [{ dimension: 'job', operator: '=' as const, values: ['J-1'] }];
  const query: WatchtowerQuery = {
    refId: 'A',
    hide: false,
    datasource: { uid: 'x' },
    ...DEFAULT_QUERY,
    filters,
    limit: 3,
  };
  expect(withType(query, 'flows')).toEqual({
    refId: 'A',
    hide: false,
    datasource: { uid: 'x' },
    schemaVersion: 1,
    queryType: 'flows',
    filters,
    path: ['senderDomain', 'vmta', 'provider'],
  });
  expect(withType(query, 'sql').filters).toBeUndefined();
});

test('presets are whole, and each has a title of its own', () => {
  expect(new Set(PRESETS.map(({ id }) => presetTitle(id))).size).toBe(PRESETS.length);
  for (const { id, query } of PRESETS) {
    expect(missingPart({ refId: 'A', ...query })).toBeUndefined();
    expect(presetTitle(id)).not.toBe(id);
  }
});

test('a query is told in one line', () => {
  expect(
    describeQuery({
      refId: 'A',
      ...DEFAULT_QUERY,
      groupBy: ['vmta'],
      filters: [{ dimension: 'job', operator: '=', values: ['J-1'] }],
    })
  ).toBe('delivered, bounced, deferrals by vmta | job = J-1');
});

test('log lines have a histogram of the same events above them, tables have none', () => {
  const query: WatchtowerQuery = {
    refId: 'A',
    queryType: 'events',
    format: 'logs',
    search: '4.7.28',
    limit: 5,
    filters: [{ dimension: 'vmta', operator: '=', values: ['v'] }],
  };
  expect(logsVolumeOf(query)).toEqual({
    refId: 'log-volume-A',
    queryType: 'events',
    format: 'timeseries',
    search: '4.7.28',
    filters: query.filters,
  });
  expect(logsVolumeOf({ ...query, format: 'table' })).toBeUndefined();
});
