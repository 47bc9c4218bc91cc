import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import { DATASOURCE } from '../datasource';
import type { Unplaced } from '../grid';
import { CAUSES } from './incidents';
import { shown, type Figure } from '../figures';
import { JUDGED, thresholds } from './look';
import { ask, askNarrowed } from '../questions';
import type { QueryInput } from '../../../model';

/** What a panel of the suite is made of; its options are its own defaults where none are named. */
interface Own {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly targets: readonly Dataquery[];
  readonly options?: object;
  readonly fieldConfig?: Unplaced['fieldConfig'];
}

function own({ type, title, description, targets, options = {}, fieldConfig }: Own): Unplaced {
  return {
    type,
    title,
    description,
    datasource: DATASOURCE,
    targets: [...targets],
    options,
    fieldConfig: fieldConfig ?? { defaults: {}, overrides: [] },
  };
}

/** Names of figures as people say them, in legends and tooltips. */
function named(...figures: readonly Figure[]): NonNullable<Unplaced['fieldConfig']>['overrides'] {
  return figures.map((figure) => ({
    matcher: { id: 'byName', options: figure },
    properties: [{ id: 'displayName', value: shown(figure).name }],
  }));
}

type Path = Extract<QueryInput, { queryType: 'flows' }>['path'];

/** Values of a level of a Sankey that stand for themselves. */
const NODES = 12;

/** How mail flows over a path of dimensions: wide is much, red is deferred; pinched: the part that got through. */
export function sankey(title: string, description: string, path: Path, pinched: boolean): Unplaced {
  const value = pinched ? 'attempts' : 'messages';
  return own({
    type: 'pmta-sankey-panel',
    title,
    description,
    targets: [askNarrowed({ queryType: 'flows', path, value, filters: [], limit: NODES })],
    options: { color: 'deferralRate', ...(pinched && { pinched: true, pinchKind: 'through' }) },
    fieldConfig: {
      defaults: {},
      overrides: [
        {
          matcher: { id: 'byName', options: 'deferralRate' },
          properties: [
            { id: 'thresholds', value: thresholds(JUDGED.deferralRate) },
            { id: 'color', value: { mode: 'thresholds' } },
          ],
        },
        {
          matcher: { id: 'byName', options: 'value' },
          properties: [{ id: 'displayName', value: pinched ? shown('attempts').name : 'Messages' }],
        },
        ...named('deferralRate', 'successRate', 'latencyP95'),
      ],
    },
  });
}

/** Most incidents of a timeline. */
const INCIDENTS = 500;

/** The incidents that touch the range, as bars from start to end. */
export function incidentTimeline(title: string, description: string): Unplaced {
  return own({
    type: 'pmta-timeline-panel',
    title,
    description,
    targets: [askNarrowed({ queryType: 'incidents', filters: [], format: 'table', limit: INCIDENTS })],
    fieldConfig: {
      defaults: {},
      overrides: [
        { matcher: { id: 'byName', options: 'id' }, properties: [{ id: 'links', value: [CAUSES] }] },
      ],
    },
  });
}

/** The life of one message. */
export function messageTimeline(title: string, description: string, target: Dataquery): Unplaced {
  return own({ type: 'pmta-timeline-panel', title, description, targets: [target] });
}

/** Most cells of a pulse board. */
const CELLS = 500;

/** The open incidents of silent VMTAs: who sends nothing in the whole range is in no other answer. */
const SILENT = [
  { dimension: 'kind', operator: '=' as const, values: ['vmta_dark'] },
  { dimension: 'state', operator: '=' as const, values: ['open'] },
];

/** A cell for each value of a dimension with how it is doing. */
export function pulseBoard(title: string, description: string, by: 'vmta' | 'sourceIp'): Unplaced {
  const groupBy = by === 'vmta' ? (['pool', 'vmta'] as const) : (['sourceIp'] as const);
  const silent = askNarrowed(
    { queryType: 'incidents', filters: SILENT, format: 'table', limit: CELLS },
    { refId: 'C' },
  );
  return own({
    type: 'pmta-pulse-panel',
    title,
    description,
    targets: [
      askNarrowed({
        queryType: 'metrics',
        metrics: ['attempts', 'attemptSuccessRate', 'deferralRate', 'latencyP95'],
        groupBy: [...groupBy],
        filters: [],
        format: 'table',
        limit: CELLS,
        orderBy: 'attempts',
      }),
      askNarrowed(
        {
          queryType: 'metrics',
          metrics: ['attempts'],
          groupBy: [...groupBy],
          filters: [],
          format: 'timeseries',
          limit: CELLS,
        },
        { refId: 'B' },
      ),
      ...(by === 'vmta' ? [silent] : []),
    ],
    fieldConfig: {
      defaults: {},
      overrides: named('attempts', 'attemptSuccessRate', 'deferralRate', 'latencyP95'),
    },
  });
}

/** Upload and list of log files; it asks the datasource for more than a query tells. */
export function filesPanel(title: string, description: string): Unplaced {
  return own({
    type: 'pmta-files-panel',
    title,
    description,
    targets: [ask({ queryType: 'files', limit: 200 })],
  });
}
