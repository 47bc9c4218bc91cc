import type { DataFrame } from '@grafana/data';
import { findField } from '../../../shared/fields/find';
import type { FlowFields } from '../flow/types';
import { wantedFields, type SankeyOptions } from '../options';

/** The fields to draw, or the roles for which no frame has one. */
export type Choice =
  | {
      readonly fields: FlowFields;
      /** Fields that an option asks for and the frame has not: it is drawn without them. */
      readonly lacking: readonly string[];
    }
  | { readonly missing: readonly string[] }
  | { readonly empty: true };

/** Takes the first frame that has what a flow needs. Frames without rows are passed over as long as there are others. */
export function chooseFields(frames: readonly DataFrame[], options: SankeyOptions): Choice {
  const filled = frames.filter(({ length }) => length > 0);
  if (filled.length === 0) {
    return { empty: true };
  }
  const wanted = wantedFields(options);
  let missing: string[] = [];
  for (const frame of filled) {
    const [source, target, value] = [wanted.source, wanted.target, wanted.value].map((want) => findField(frame, want));
    if (source && target && value) {
      const color = findField(frame, wanted.color);
      const pinch = options.pinched ? findField(frame, wanted.pinch) : undefined;
      return {
        lacking: [
          ...(options.color && !color ? [options.color] : []),
          ...(options.pinched && !pinch ? [options.pinch || wanted.pinch.names.join(' / ')] : []),
        ],
        fields: {
          frame,
          source,
          target,
          value,
          level: findField(frame, wanted.level),
          sourceDimension: findField(frame, wanted.sourceDimension),
          targetDimension: findField(frame, wanted.targetDimension),
          color,
          pinch,
        },
      };
    }
    const lacks = [
      ...(source ? [] : [wanted.source]),
      ...(target ? [] : [wanted.target]),
      ...(value ? [] : [wanted.value]),
    ].map(({ role, chosen }) => chosen || role);
    missing = missing.length === 0 || lacks.length < missing.length ? lacks : missing;
  }
  return { missing };
}
