import {
  FieldType,
  VisualizationSuggestionScore,
  getPanelDataSummary,
  toDataFrame,
  type DataFrame,
} from '@grafana/data';
import { suggest as files } from '../files/src/suggestions';
import { filesFrame, logFile } from '../files/src/testing';
import { suggest as pulse } from '../pulse/src/suggestions';
import { ROWS, seriesOf, tableFrame } from '../pulse/src/testing';
import { suggest as sankey } from '../sankey/src/suggestions';
import { THROTTLED, flowFrame } from '../sankey/src/testing';
import { suggest as timeline } from '../timeline/src/suggestions';
import { incidentFrame, traceFrame } from '../timeline/src/testing';

const PANELS = { files, pulse, sankey, timeline };
const { Best, Good, OK } = VisualizationSuggestionScore;
const NOON = Date.UTC(2026, 8, 15, 12);

/** Which panels Grafana is told of for some data, and how sure they are. */
function offered(...frames: DataFrame[]): Record<string, number | undefined> {
  const summary = getPanelDataSummary(frames);
  const all = Object.entries(PANELS).flatMap(([name, suggest]) =>
    (suggest(summary) ?? []).map(({ score }) => [name, score] as const)
  );
  return Object.fromEntries(all);
}

// Grafana shows what is suggested before all that is installed: a panel that offers itself for anything is in the way, and one
// that never does is not found.
test('every answer of the datasource is offered the panel that was made for it, and no other', () => {
  expect(offered(flowFrame(THROTTLED))).toEqual({ sankey: Best });
  const incident = { id: '1', kind: 'block', state: 'open', vmta: 'VMTA-5', start: NOON, sentence: 'Blocked' };
  expect(offered(incidentFrame([incident]))).toEqual({ timeline: Best });
  expect(offered(traceFrame([{ time: NOON, step: 'queued' }]))).toEqual({ timeline: Best });
  expect(offered(tableFrame(ROWS), ...seriesOf())).toEqual({ pulse: Good });
  expect(offered(filesFrame([logFile()]))).toEqual({ files: Best });
});

test('what has a start and an end is offered a timeline by anybody, as one of several', () => {
  const deployments = toDataFrame({
    fields: [
      { name: 'time', type: FieldType.time, values: [NOON] },
      { name: 'timeEnd', type: FieldType.time, values: [NOON + 1] },
      { name: 'title', type: FieldType.string, values: ['Deployment'] },
    ],
  });
  expect(offered(deployments)).toEqual({ timeline: OK });
});

// Grafana keeps what the panel before had: a table's thresholds of 80 would make every rate a good one, or every one a bad one.
test('what is suggested is coloured by thresholds of rates', () => {
  const colors = (suggest: typeof sankey | typeof pulse, frame: DataFrame) =>
    suggest(getPanelDataSummary([frame]))?.[0]?.fieldConfig?.defaults.thresholds?.steps.map(({ color }) => color);
  expect(colors(sankey, flowFrame(THROTTLED))).toEqual(['green', 'orange', 'red']);
  expect(colors(pulse, tableFrame(ROWS))).toEqual(['red', 'orange', 'green']);
  const deferrals = tableFrame(ROWS);
  deferrals.fields = deferrals.fields.filter(({ name }) => name !== 'attemptSuccessRate');
  expect(colors(pulse, deferrals)).toEqual(['green', 'orange', 'red']);
});

test('data of no use to them is offered none of them', () => {
  const field = (name: string, type: FieldType, value: unknown) => ({ name, type, values: [value, value] });
  const time = field('time', FieldType.time, NOON);
  expect(offered()).toEqual({});
  expect(offered(tableFrame([]))).toEqual({});
  expect(offered(toDataFrame({ fields: [time, field('cpu', FieldType.number, 0.5)] }))).toEqual({});
  expect(
    offered(
      toDataFrame({ fields: [time, field('line', FieldType.string, 'a log line'), field('size', FieldType.number, 1)] })
    )
  ).toEqual({});
  expect(offered(tableFrame(ROWS.slice(0, 1)))).toEqual({});
});
