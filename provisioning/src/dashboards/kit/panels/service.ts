import { MappingType, type ValueMap } from '@grafana/grafana-foundation-sdk/dashboard';
import type { QueryInput } from '../../../model';
import type { Unplaced } from '../grid';
import { ask } from '../questions';
import { lowIsGood, type Steps } from './look';
import { stat } from './stat';

/** Steps of figures of the service. */
const SERVICE_STEPS = {
  /** Seconds. */
  lag: lowIsGood(600, 3600),
  /** Anything but none is worth a look. */
  any: ['green', [1, 'orange']],
  /** 1 while it is. */
  up: ['red', [1, 'green']],
} as const satisfies Record<string, Steps>;

type ServiceFigure = Extract<QueryInput, { queryType: 'service' }>['metrics'][number];

/** A figure of the service itself, as it is now. */
export function serviceStat(
  figure: ServiceFigure,
  title: string,
  description: string,
  unit: 'short' | 's',
  steps?: keyof typeof SERVICE_STEPS,
): Unplaced {
  return stat({
    title,
    description,
    unit,
    targets: [ask({ queryType: 'service', metrics: [figure], format: 'numeric' })],
    ...(steps && { steps: SERVICE_STEPS[steps] }),
    ...(steps === 'up' && { field: { mappings: [UP] } }),
  });
}

const UP: ValueMap = {
  type: MappingType.ValueToText,
  options: { '0': { text: 'Down', index: 0 }, '1': { text: 'Up', index: 1 } },
};
