import { expect, test } from '@grafana/plugin-e2e';
import type { Page } from '@playwright/test';
import { Grafana } from './grafana';
import { picture } from './picture';
import { QueryRow, contentOf, exchange, truthOf, type Asked, type Exchange } from './query';
import { scene, service } from './scene';

const grafana = Grafana.fromEnvironment();
let dashboard: string;

test.afterEach(async () => grafana.removeDashboard(dashboard));

/** Opens the editor of a new panel that shows the generated day in this way, as Grafana saves one that nothing was asked in. */
async function openPanel(page: Page, visualization: string): Promise<QueryRow> {
  const { datasource: ds, from, to } = scene();
  const datasource = { type: 'pmta-watchtower-datasource', uid: ds.uid };
  const panel = {
    id: 1,
    type: visualization,
    title: 'Panel',
    datasource,
    gridPos: { x: 0, y: 0, w: 24, h: 12 },
    // Grafana takes a heatmap without options for one of another age, and counts its values anew.
    options: visualization === 'heatmap' ? { calculate: false } : {},
    targets: [{ refId: 'A', datasource }],
  };
  dashboard = await grafana.saveDashboard({ title: `Panel ${Date.now()}`, panels: [panel] });
  await page.goto(`/d/${dashboard}?editPanel=1&from=${from}&to=${to}`);
  return new QueryRow(page, page.getByTestId('data-testid Query editor row').first());
}

/** What came through Grafana is what the service says, and it is something. */
async function expectTruth(answer: Exchange): Promise<void> {
  expect(answer.error).toBeUndefined();
  expect(answer.frames.flatMap(({ data }) => data.values[0] ?? []).length).toBeGreaterThan(0);
  expect(contentOf(answer.frames)).toEqual(contentOf(await truthOf(answer.asked)));
}

/** No panel complains, and the picture is one that a person can look at. */
async function expectDrawn(page: Page, name: string): Promise<void> {
  await expect(page.getByTestId('data-testid Panel status error')).toHaveCount(0);
  await expect(page.getByTestId('data-testid Panel data error message')).toHaveCount(0);
  await picture(page, name);
}

/** One way to ask by clicking, and the query that must come of it. */
interface Way {
  readonly name: string;
  readonly visualization: string;
  /** The clicks of which the last one makes the query whole. */
  readonly build: (row: QueryRow) => Promise<void>;
  readonly asked: Asked;
  /** A text that the panel must show of the answer. */
  readonly shows: string | RegExp;
}

const ask = (question: string) => (row: QueryRow) => row.choose('Question', question);

const ways: Way[] = [
  {
    name: 'metrics over time',
    visualization: 'timeseries',
    build: (row) => row.choose('Group by', 'provider'),
    asked: {
      queryType: 'metrics',
      metrics: ['delivered', 'bounced', 'deferrals'],
      groupBy: ['provider'],
      format: 'timeseries',
    },
    shows: /delivered.*gmail/,
  },
  {
    name: 'metrics in a table',
    visualization: 'table',
    build: async (row) => {
      await row.check('Table');
      await row.choose('Metrics', 'bounceRate');
      await row.choose('Group by', 'provider');
    },
    asked: {
      format: 'table',
      metrics: ['delivered', 'bounced', 'deferrals', 'bounceRate'],
      groupBy: ['provider'],
    },
    shows: 'gmail',
  },
  {
    name: 'metrics as numbers',
    visualization: 'stat',
    build: async (row) => {
      await row.check('Numbers (alerting)');
      await row.choose('Group by', 'vmta');
    },
    asked: { format: 'numeric', metrics: ['delivered'], groupBy: ['vmta'] },
    shows: /VMTA-1/,
  },
  {
    name: 'metrics in a heatmap',
    visualization: 'heatmap',
    build: async (row) => {
      await row.check('Heatmap');
      await row.choose('Distribution of', 'latency');
    },
    asked: { format: 'heatmap', field: 'latency' },
    shows: /./,
  },
  {
    name: 'metrics in a histogram',
    visualization: 'barchart',
    build: (row) => row.check('Histogram'),
    asked: { format: 'histogram', field: 'latency' },
    shows: 'count',
  },
  {
    name: 'flows',
    visualization: 'table',
    build: ask('Flows'),
    asked: { queryType: 'flows', path: ['senderDomain', 'vmta', 'provider'] },
    shows: 'VMTA-1',
  },
  {
    name: 'events',
    visualization: 'table',
    build: ask('Events'),
    asked: { queryType: 'events', format: 'table' },
    shows: /@/,
  },
  {
    name: 'events as log lines',
    visualization: 'logs',
    build: async (row) => {
      await row.choose('Question', 'Events');
      await row.check('Logs');
    },
    asked: { queryType: 'events', format: 'logs' },
    shows: /@/,
  },
  {
    name: 'messages',
    visualization: 'table',
    build: ask('Messages'),
    asked: { queryType: 'messages' },
    shows: /@/,
  },
  {
    name: 'log files',
    visualization: 'table',
    build: ask('Log files'),
    asked: { queryType: 'files' },
    shows: '.csv',
  },
  {
    name: 'values',
    visualization: 'table',
    build: async (row) => {
      await row.choose('Question', 'Values of a dimension');
      await row.choose('Dimension', 'vmta');
    },
    asked: { queryType: 'values', dimension: 'vmta' },
    shows: 'VMTA-1',
  },
  {
    name: 'SQL',
    visualization: 'timeseries',
    build: ask('SQL'),
    asked: { queryType: 'sql' },
    shows: 'delivered',
  },
];

for (const { name, visualization, build, asked, shows } of ways) {
  // Without it a kind of question could be one that people cannot get out of Grafana's editor and into a panel.
  test(`${name}: built by clicking, answered, shown`, async ({ page }) => {
    const row = await openPanel(page, visualization);
    const answer = await exchange(page, () => build(row), asked);
    await expectTruth(answer);
    await expect(page.getByTestId(/data-testid Panel header/).first()).toContainText(shows);
    await expectDrawn(page, name.replace(/ /g, '-'));
  });
}

test('the trace of a message: built by writing, answered, shown', async ({ page }) => {
  const { from, to } = scene();
  const [events] = await service().ask({ queryType: 'events', format: 'table', from, to, limit: 200 });
  const index = events?.schema.fields.findIndex(({ name }) => name === 'messageId') ?? -1;
  const ids = (events?.data.values[index] ?? []) as string[];
  const messageId = ids.find((id) => id !== '') ?? '';
  const row = await openPanel(page, 'table');
  await row.choose('Question', 'Trace of a message');
  await expect(row.row).toContainText('Give a Message-Id');
  const answer = await exchange(page, () => row.write('Message-Id', messageId), {
    queryType: 'trace',
    messageId,
  });
  await expectTruth(answer);
  await expectDrawn(page, 'trace');
});

// What the service says of itself changes while it is asked: the figure is looked at, not compared.
test('figures of the service: built by clicking, answered, shown', async ({ page }) => {
  const row = await openPanel(page, 'stat');
  await row.choose('Question', 'Service');
  await row.check('Time series');
  const metrics = ['newestEventAgeSeconds', 'storeUp'];
  const answer = await exchange(page, () => row.choose('Figures', 'storeUp'), {
    queryType: 'service',
    metrics,
  });
  const storeUp = answer.frames.find(({ schema }) => schema.fields[1]?.name === 'storeUp');
  expect(storeUp?.data.values[1]).toEqual([1]);
  await expectDrawn(page, 'service');
});

test('rows that were not loaded: built by clicking, answered, shown', async ({ page }) => {
  const text =
    'type,timeLogged,orig,rcpt\nd,2026-01-01 00:00:00+0000,a@b.example,c@d.example\nd,no time,a@b.example,c@d.example\n';
  const init = { method: 'POST', body: text };
  const { files } = await service().get<{ files: { id: string }[] }>('/api/files/upload?name=half.csv', init);
  const id = files[0]?.id ?? '';
  try {
    await service().settled(1);
    const row = await openPanel(page, 'table');
    const answer = await exchange(page, () => row.choose('Question', 'Rows not loaded'), {
      queryType: 'ingestErrors',
    });
    await expectTruth(answer);
    await expect(page.getByTestId(/data-testid Panel header/).first()).toContainText('no time');
    await expectDrawn(page, 'rows-not-loaded');
  } finally {
    await service().get(`/api/files/${id}`, { method: 'DELETE' });
  }
});

test('live counters: built by clicking, answered with the channel that the panel follows', async ({
  page,
}) => {
  const row = await openPanel(page, 'timeseries');
  const answer = await exchange(page, () => row.choose('Question', 'Live counters'), { queryType: 'live' });
  expect(answer.frames[0]?.schema.meta).toMatchObject({ channel: `ds/${scene().datasource.uid}/counters` });
  await expectDrawn(page, 'live');
});

// Without it a wrong query would be an empty panel, and nobody would know why.
test('a query that cannot be answered says why, in the panel', async ({ page }) => {
  const row = await openPanel(page, 'timeseries');
  await row.choose('Question', 'Events');
  await row.row.getByRole('button', { name: 'Add filter' }).click();
  await row.choose('Dimension', 'recipient');
  await row.choose('Operator', 'regex');
  const values = row.row.getByRole('combobox', { name: 'Values of recipient' });
  const answer = await exchange(
    page,
    async () => {
      await values.fill('([');
      await page.getByRole('option').first().click();
    },
    { queryType: 'events' },
  );
  await picture(page, 'wrong');
  expect(answer.error).toBeDefined();
});
