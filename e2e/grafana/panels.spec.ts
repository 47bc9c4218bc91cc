import { expect, test } from '@grafana/plugin-e2e';
import { EditedPanel, contentOf, truthOf, type Exchange } from './panel';
import { picture } from './picture';

/** Rows of the first frame, as texts. */
function rowsOf({ frames }: Exchange): string[][] {
  const values = frames[0]?.data.values ?? [];
  return (values[0] ?? []).map((_, row) => values.map((column) => String(column[row])));
}

/** What came through Grafana is what the service says, and it is something. */
async function expectTruth(answer: Exchange): Promise<void> {
  expect(answer.frames.flatMap(({ data }) => data.values[0] ?? []).length).toBeGreaterThan(0);
  expect(contentOf(answer.frames)).toEqual(contentOf(await truthOf(answer.asked)));
}

test('metrics as a graph: every series is named in the legend', async ({ panelEditPage }) => {
  const panel = await EditedPanel.open(panelEditPage);
  const answer = await panel.choose('Group by', 'provider');
  expect(answer.asked).toMatchObject({
    queryType: 'metrics',
    metrics: ['delivered', 'bounced', 'deferrals'],
    groupBy: ['provider'],
    format: 'timeseries',
  });
  await expectTruth(answer);
  await picture(panel.page, 'metrics-graph');
});

test('metrics as a table', async ({ panelEditPage }) => {
  const panel = await EditedPanel.open(panelEditPage);
  await panelEditPage.setVisualization('Table');
  await panel.check('Table');
  await panel.pick('Metrics', 'bounceRate');
  const answer = await panel.choose('Group by', 'provider');
  await expectTruth(answer);
  await picture(panel.page, 'metrics-table');
});

for (const [title, question, visualization] of [
  ['flows', 'Flows', 'Table'],
  ['events', 'Events', 'Table'],
  ['messages', 'Messages', 'Table'],
  ['log files', 'Log files', 'Table'],
  ['values', 'Values of a dimension', 'Table'],
  ['service', 'Service', 'Stat'],
  ['sql', 'SQL', 'Time series'],
] as const) {
  test(`${title} in a panel`, async ({ panelEditPage }) => {
    const panel = await EditedPanel.open(panelEditPage);
    await panelEditPage.setVisualization(visualization);
    const answer = await panel.choose('Question', question);
    await picture(panel.page, `panel-${title}`);
    await expectTruth(answer);
  });
}
