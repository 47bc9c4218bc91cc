import { DashboardLinkType, type Dashboard, type Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { schemasOf } from '../../../ingester/src/model/answer';
import { describeMistake, QUERY_TYPES, type QueryType } from '../../../ingester/src/model/schema';
import { dashboards } from '.';
import { COLUMNS, DATASOURCE, DATASOURCE_VARIABLE, FILTERS, NARROWED_BY, shown, type Figure } from './kit';
import { askedBy, atAll, panelsOf } from './testing';

const cases = dashboards.map((dashboard): [string, Dashboard] => [dashboard.uid ?? '', dashboard]);

/** Questions that variables narrow: the others are about the service, its files or one message. */
const NARROWED = ['metrics', 'flows', 'events', 'messages', 'incidents', 'insights', 'causes', 'risk'];

/** Panels that show what was chosen beside others of its kind: the variable that does not narrow them. */
const BESIDE: Readonly<Record<string, string>> = {
  'Jobs of the sender, 30 days': 'job',
  'Beside its pool peers': 'vmta',
};

/** Panels whose marks and figures can be clicked. */
const CHARTS = ['timeseries', 'heatmap', 'barchart', 'gauge', 'stat'];

/** Kinds of questions that the datasource answers without the API. */
const OF_GRAFANA = ['live'];

const names = (dashboard: Dashboard) => (dashboard.templating.list ?? []).map(({ name }) => name);

/** Every text in something, with where it stands. */
function textsIn(content: unknown, place = ''): [place: string, text: string][] {
  if (typeof content === 'string') return [[place, content]];
  if (typeof content !== 'object' || content === null) return [];
  return Object.entries(content).flatMap(([name, each]) => textsIn(each, `${place}.${name}`));
}

// Without it two dashboards would overwrite each other, or one of the names that links rely on would be missing.
test('uids and titles are unique', () => {
  expect(new Set(dashboards.map(({ uid }) => uid)).size).toBe(dashboards.length);
  expect(new Set(dashboards.map(({ title }) => title)).size).toBe(dashboards.length);
  for (const { uid } of dashboards) expect(uid).toMatch(/^pmta-[a-z-]+$/);
});

describe.each(cases)('%s', (_uid, dashboard) => {
  const panels = panelsOf(dashboard);
  const titled = panels.map((panel): [string, Panel] => [panel.title ?? '', panel]);

  test('is a dashboard of schema v1 with a range that ends now and a refresh', () => {
    expect(dashboard).toMatchObject({ schemaVersion: 42, time: { to: 'now' }, timezone: 'browser' });
    expect(dashboard.refresh).toMatch(/^(10s|1m)$/);
    expect(dashboard.time?.from).toMatch(/^now-\d+[hd]$/);
    expect(dashboard).not.toHaveProperty('id');
  });

  test('has the variables that all have, each offering what those before it leave', () => {
    const narrowed = NARROWED_BY.map(({ name }) => name);
    expect(names(dashboard)).toEqual(expect.arrayContaining([DATASOURCE_VARIABLE, ...narrowed, FILTERS]));
    narrowed.forEach((name, index) => {
      const variable = dashboard.templating.list?.find((each) => each.name === name);
      expect(variable).toMatchObject({ multi: true, includeAll: true });
      const { filters } = variable?.query as { filters: { dimension: string; values: string[] }[] };
      expect(filters.map(({ dimension }) => dimension)).toEqual(narrowed.slice(0, index));
      expect(filters.map(({ values }) => values)).toEqual(
        narrowed.slice(0, index).map((each) => [`$${each}`]),
      );
    });
  });

  test('begins with the open incidents, the age of the newest event and a guide', () => {
    expect(panels.slice(0, 3).map(({ title }) => title)).toEqual(['Open incidents', 'Newest event', 'Guide']);
    expect(panels.slice(0, 3).every(({ gridPos }) => gridPos?.y === 0)).toBe(true);
  });

  // A datasource of one site, its organisation or an instant would be false on every other.
  test('names no datasource, organisation or instant of its own', () => {
    const references = textsIn(dashboard).filter(([place]) => /datasource\.(uid|type)$/i.test(place));
    expect(new Set(references.map(([, text]) => text))).toEqual(new Set(Object.values(DATASOURCE)));
    for (const panel of panels) {
      if (panel.type !== 'text') expect(panel.datasource).toEqual(DATASOURCE);
      for (const asked of askedBy(panel)) {
        expect(asked['datasource']).toEqual(DATASOURCE);
        expect(asked).not.toHaveProperty('from');
        expect(asked).not.toHaveProperty('to');
      }
    }
    for (const [place, text] of textsIn(dashboard)) {
      expect([place, /orgId|(from|to)=\d|https?:\/\//.test(text)]).toEqual([place, false]);
    }
  });

  test('places panels beside and under one another, whole lines of them', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    const taken = new Set<string>();
    for (const { gridPos } of panels) {
      const { x = 0, y = 0, w = 0, h = 0 } = gridPos ?? {};
      expect(x + w).toBeLessThanOrEqual(COLUMNS);
      for (let column = x; column < x + w; column++)
        for (let row = y; row < y + h; row++) {
          expect(taken).not.toContain(`${column},${row}`);
          taken.add(`${column},${row}`);
        }
    }
    const height = Math.max(...panels.map(({ gridPos }) => (gridPos?.y ?? 0) + (gridPos?.h ?? 0)));
    expect(taken.size).toBe(height * COLUMNS);
  });

  test('says in short texts what everything is', () => {
    expect(dashboard.title?.length).toBeLessThanOrEqual(30);
    expect(dashboard.description?.length).toBeLessThanOrEqual(160);
    for (const { type, title, description, options } of panels) {
      expect(title?.length).toBeLessThanOrEqual(32);
      if (type === 'text') expect((options as { content: string }).content.length).toBeLessThanOrEqual(220);
      else
        expect([title, (description ?? '').length >= 20, (description ?? '').length <= 170]).toEqual([
          title,
          true,
          true,
        ]);
    }
  });

  test('leads only to dashboards and variables that are there, with time and variables kept', () => {
    const addresses = textsIn(dashboard).filter(([, text]) => text.startsWith('/d/'));
    for (const [place, address] of addresses) {
      const [, uid, query = ''] = /^\/d\/([a-z-]+)\?(.*)$/.exec(address) ?? [];
      const target = dashboards.find((each) => each.uid === uid);
      if (!target) throw new Error(`${place} leads to ${uid}, which is not there`);
      for (const [, name = ''] of query.matchAll(/var-(\w+)=/g)) expect(names(target)).toContain(name);
      for (const [, name = ''] of query.matchAll(/\$\{(\w+):queryparam\}/g)) {
        expect(names(dashboard)).toContain(name);
        expect(names(target)).toContain(name);
      }
      expect(query).toContain('${__url_time_range}');
      for (const { name } of NARROWED_BY) expect(query).toMatch(new RegExp(`var-${name}=|\\{${name}:`));
    }
  });

  // Without it a peak of bounces would lead to deliveries, or a dark row to the mail of all the others.
  test('every chart leads to the events that it counts, of what was clicked', () => {
    for (const panel of panels.filter(({ type = '' }) => CHARTS.includes(type))) {
      const asked = askedBy(panel).filter(({ queryType }) => queryType === 'metrics' || queryType === 'live');
      if (asked.length === 0) continue;
      const addresses = textsIn(panel.fieldConfig)
        .map(([, text]) => text)
        .filter((text) => text.startsWith('/d/pmta-events?'));
      expect([panel.title, addresses.length > 0]).toEqual([panel.title, true]);
      for (const { metrics = [], groupBy = [] } of asked as { metrics?: string[]; groupBy?: string[] }[]) {
        for (const by of groupBy) {
          expect(
            addresses.every((address) => address.includes(`\${__field.labels.${by}:percentencode}`)),
          ).toBe(true);
        }
        for (const metric of metrics) {
          const [[dimension, value] = []] = Object.entries(shown(metric as Figure).events ?? {});
          if (dimension === undefined) continue;
          const condition = `var-${FILTERS}=${dimension}%7C%3D%7C${value}`;
          expect([panel.title, addresses.some((address) => address.includes(condition))]).toEqual([
            panel.title,
            true,
          ]);
        }
      }
    }
  });

  // Without it a file would hold the events of another time or of all mail.
  test('an export is of the time, the variables and the filters of the page', () => {
    const exports = (dashboard.links ?? []).filter(({ type }) => type === DashboardLinkType.Link);
    for (const { url = '' } of exports) {
      expect(url).toMatch(
        /^\/api\/datasources\/uid\/\$\{datasource\}\/resources\/export\?from=\$\{__from\}&to=\$\{__to\}&/,
      );
      const carried = [...url.matchAll(/\$\{(\w+):queryparam\}/g)].map(([, name = '']) => name);
      expect(carried).toEqual(expect.arrayContaining([...NARROWED_BY.map(({ name }) => name), FILTERS]));
      for (const name of carried) expect(names(dashboard)).toContain(name);
    }
    const isOfEvents = ['pmta-events', 'pmta-job'].includes(dashboard.uid ?? '');
    expect(exports.length > 0).toBe(isOfEvents);
  });

  test.each(titled)(
    "%s: its questions are the model's, narrowed by every variable, and bounded",
    (_, panel) => {
      for (const asked of askedBy(panel)) {
        if (OF_GRAFANA.includes(asked.queryType)) continue;
        expect(QUERY_TYPES).toContain(asked.queryType);
        const query = { ...atAll(asked), ...(asked.queryType === 'trace' && { event: '1-1' }) };
        const mistakes = schemasOf(asked.queryType as QueryType).map((schema) => {
          const { error } = schema.safeParse(query);
          return error ? describeMistake(error) : undefined;
        });
        // A kind with several ways to ask takes one of them.
        if (!mistakes.includes(undefined)) expect([panel.title, mistakes]).toEqual([panel.title, []]);
        if (NARROWED.includes(asked.queryType)) {
          const narrowing = NARROWED_BY.filter(({ name }) => name !== BESIDE[panel.title ?? '']);
          expect(asked.filters).toEqual(
            expect.arrayContaining(
              narrowing.map(({ name }) => ({ dimension: name, operator: '=', values: [`$${name}`] })),
            ),
          );
        }
        const grouped = ((asked['groupBy'] as string[] | undefined) ?? []).length > 0;
        const listed = ['events', 'messages', 'trace', 'flows', 'risk', 'files', 'ingestErrors'].includes(
          asked.queryType,
        );
        const counted = asked['format'] === 'timeseries' || asked['format'] === 'histogram';
        if (grouped || (listed && !counted)) expect(asked['limit']).toBeGreaterThan(0);
      }
      const refIds = askedBy(panel).map(({ refId }) => refId);
      expect(new Set(refIds).size).toBe(refIds.length);
    },
  );

  // Without it a panel would read and send what nobody sees.
  test('tables show every figure that they ask for', () => {
    for (const panel of panels.filter(({ type }) => type === 'table')) {
      const { includeByName = {} } = (panel.transformations?.find(({ id }) => id === 'organize')?.options ??
        {}) as {
        includeByName?: Record<string, boolean>;
      };
      for (const asked of askedBy(panel)) {
        const fields = ['metrics', 'groupBy', 'columns'].flatMap(
          (name) => (asked[name] as string[] | undefined) ?? [],
        );
        expect([panel.title, fields.filter((field) => !includeByName[field])]).toEqual([panel.title, []]);
      }
    }
  });
});
