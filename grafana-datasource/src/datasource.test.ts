import { CoreApp, SupplementaryQueryType, type DataQueryRequest } from '@grafana/data';
import { firstValueFrom } from 'rxjs';
import { FakeGrafana, model } from './testing/grafana';
import type { WatchtowerQuery } from './types';
import { VariableValues } from './variables/variableSupport';

const filter = (dimension: string, ...values: string[]) => ({ dimension, operator: '=' as const, values });

// Without it Grafana would offer conditions that the API does not know, or values that the others rule out.
test('ad-hoc filters know every dimension, and values that the other filters leave', async () => {
  const grafana = new FakeGrafana();
  grafana.values = { vmta: ['v1'] };
  const datasource = grafana.install();
  expect((await datasource.getTagKeys()).map(({ value }) => value)).toEqual(model.dimensions.map(({ name }) => name));
  const filters = [
    { key: 'vmta', operator: '=', value: 'old' },
    { key: 'provider', operator: '=|', value: 'gmail', values: ['gmail', 'yahoo'] },
  ];
  expect(await datasource.getTagValues({ key: 'vmta', filters })).toEqual([{ text: 'v1', value: 'v1' }]);
  expect(grafana.asked[0]).toMatchObject({
    dimension: 'vmta',
    filters: [{ dimension: 'provider', operator: 'in', values: ['gmail', 'yahoo'] }],
  });
  expect(await datasource.getTagValues({ key: 'recipient', filters })).toEqual([]);
});

test('filters of the dashboard go to kinds that have a meaning for them', () => {
  const datasource = new FakeGrafana().install();
  const adhoc = [{ key: 'job', operator: '=', value: 'J' }];
  const asked = (queryType: 'metrics' | 'files', filters = [filter('vmta', 'v')]) =>
    datasource.applyTemplateVariables({ refId: 'A', queryType, filters }, {}, adhoc).filters;
  expect(asked('metrics')).toEqual([filter('vmta', 'v'), filter('job', 'J')]);
  expect(asked('files', [])).toEqual([]);
});

test('an operator that nobody knows goes to the API, which says so', () => {
  const datasource = new FakeGrafana().install();
  const query = datasource.applyTemplateVariables({ refId: 'A' }, {}, [{ key: 'job', operator: '~~', value: 'J' }]);
  expect(query.filters).toEqual([{ dimension: 'job', operator: '~~', values: ['J'] }]);
});

test('a variable asks with its search, its filters and the dashboard’s range', async () => {
  const grafana = new FakeGrafana();
  grafana.values = { vmta: ['vmta-1', 'other'] };
  const variables = new VariableValues(grafana.install());
  const query: WatchtowerQuery = { refId: 'v', dimension: 'vmta', search: 'vmta', filters: [filter('provider', 'x')] };
  const request = { targets: [query], scopedVars: {} } as unknown as DataQueryRequest<WatchtowerQuery>;
  const { data } = await firstValueFrom(variables.query(request));
  expect(data[0].fields[0].values).toEqual(['vmta-1']);
  expect(grafana.asked[0]).toMatchObject({ queryType: 'values', search: 'vmta', filters: query.filters, limit: 1000 });
});

test('a message that nobody has named yet is not looked for', async () => {
  const grafana = new FakeGrafana();
  grafana.variables = { event: '', messageId: '' };
  const datasource = grafana.install();
  const target: WatchtowerQuery = { refId: 'A', queryType: 'trace', event: '$event', messageId: '$messageId' };
  const request = { targets: [target], scopedVars: {} } as unknown as DataQueryRequest<WatchtowerQuery>;
  await firstValueFrom(datasource.query(request), { defaultValue: undefined });
  expect(grafana.asked).toEqual([]);
  grafana.variables = { event: '', messageId: '<a@b>' };
  await firstValueFrom(datasource.query(request), { defaultValue: undefined });
  expect(grafana.asked).toMatchObject([{ messageId: '<a@b>' }]);
});

test('causes of an incident that nobody has chosen yet are not those of all mail', async () => {
  const grafana = new FakeGrafana();
  grafana.variables = { incident: '' };
  const datasource = grafana.install();
  const ask = (target: WatchtowerQuery) =>
    firstValueFrom(
      datasource.query({ targets: [target], scopedVars: {} } as unknown as DataQueryRequest<WatchtowerQuery>),
      {
        defaultValue: undefined,
      }
    );
  await ask({ refId: 'A', queryType: 'causes', incident: '$incident' });
  expect(grafana.asked).toEqual([]);
  await ask({ refId: 'A', queryType: 'causes' });
  grafana.variables = { incident: 'throttling-1' };
  await ask({ refId: 'A', queryType: 'causes', incident: '$incident' });
  expect(grafana.asked.map(({ incident }) => incident)).toEqual([undefined, 'throttling-1']);
});

test('what is asked first fits the place: a number for alert rules, log lines in Explore', () => {
  const datasource = new FakeGrafana().install();
  expect(datasource.getDefaultQuery(CoreApp.UnifiedAlerting)).toMatchObject({
    metrics: ['deferralRate'],
    format: 'numeric',
  });
  expect(datasource.getDefaultQuery(CoreApp.Explore)).toMatchObject({ queryType: 'events', format: 'logs' });
  expect(datasource.getDefaultQuery(CoreApp.PanelEditor)).toMatchObject({ queryType: 'metrics', format: 'timeseries' });
});

test('the histogram of log lines keeps the name that Grafana finds its query by', () => {
  const datasource = new FakeGrafana().install();
  const targets: WatchtowerQuery[] = [
    { refId: 'A', queryType: 'events', format: 'logs' },
    { refId: 'B', queryType: 'files' },
  ];
  const request = { requestId: 'r', targets } as DataQueryRequest<WatchtowerQuery>;
  const volume = datasource.getSupplementaryRequest(SupplementaryQueryType.LogsVolume, request);
  expect(volume?.targets.map(({ refId }) => refId)).toEqual(['log-volume-A']);
  expect(datasource.getSupplementaryRequest(SupplementaryQueryType.LogsSample, request)).toBeUndefined();
});

test('a model that could not be read is asked for again', async () => {
  const grafana = new FakeGrafana();
  const datasource = grafana.install();
  grafana.failure = 'away';
  await expect(datasource.model()).rejects.toBeDefined();
  grafana.failure = undefined;
  expect(await datasource.model()).toBe(model);
});
