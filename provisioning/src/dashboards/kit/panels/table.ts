import { TableCellHeight } from '@grafana/grafana-foundation-sdk/common';
import type { Dataquery } from '@grafana/grafana-foundation-sdk/cog';
import type { DynamicConfigValue } from '@grafana/grafana-foundation-sdk/dashboard';
import type { Options } from '@grafana/grafana-foundation-sdk/table';
import { DATASOURCE } from '../datasource';
import type { Unplaced } from '../grid';
import { thresholds, type Steps } from './look';

/** A column of a table. */
export interface Column {
  /** Field of the answer. */
  readonly field: string;
  /** Heading. */
  readonly name: string;
  /** Pixels; without it the column takes what is left. */
  readonly width?: number;
  /** Pixels below which the table scrolls sideways instead of narrowing the column. */
  readonly minWidth?: number;
  readonly unit?: string;
  /** Colours the value, not the cell. */
  readonly steps?: Steps;
  /** Kept for links, not shown. */
  readonly hidden?: true;
  readonly more?: readonly DynamicConfigValue[];
}

/** A column of times: by itself Grafana adds milliseconds where all are of one minute, which logs do not have. */
export function times(field: string, name: string): Column {
  return { field, name, width: 165, unit: 'dateTimeAsIso' };
}

/** What a panel with rows shows. */
export interface Rows {
  readonly title: string;
  readonly description: string;
  readonly target: Dataquery;
  /** The columns that are shown, in this order. */
  readonly columns: readonly Column[];
  /** What is said where there is no row. */
  readonly empty: string;
  /** Pages instead of a list that is scrolled. */
  readonly paged?: true;
}

/** The SDK's options have pages in the footer, where they were before Grafana 12. */
type TableOptions = Options & { enablePagination?: true };

/** Rows of an answer with the columns that are named, in their order. */
export function table({ title, description, target, columns, empty, paged }: Rows): Unplaced {
  const options: TableOptions = {
    frameIndex: 0,
    showHeader: true,
    cellHeight: TableCellHeight.Sm,
    ...(paged && { enablePagination: true }),
  };
  return {
    type: 'table',
    title,
    description,
    datasource: DATASOURCE,
    targets: [target],
    transformations: [
      {
        id: 'organize',
        options: {
          includeByName: Object.fromEntries(columns.map(({ field }) => [field, true])),
          indexByName: Object.fromEntries(columns.map(({ field }, index) => [field, index])),
          renameByName: Object.fromEntries(columns.map(({ field, name }) => [field, name])),
        },
      },
    ],
    options,
    fieldConfig: {
      // The table says it where it has no rows; a cell without a value says nothing.
      defaults: { noValue: empty },
      overrides: [
        { matcher: { id: 'byRegexp', options: '/.*/' }, properties: [{ id: 'noValue', value: '–' }] },
        ...columns.flatMap((column) => {
          const properties = propertiesOf(column);
          return properties.length === 0
            ? []
            : [{ matcher: { id: 'byName', options: column.name }, properties }];
        }),
      ],
    },
  };
}

function propertiesOf({ width, minWidth, unit, steps, hidden, more = [] }: Column): DynamicConfigValue[] {
  return [
    ...(hidden ? [{ id: 'custom.hideFrom.viz', value: true }] : []),
    ...(width === undefined ? [] : [{ id: 'custom.width', value: width }]),
    ...(minWidth === undefined ? [] : [{ id: 'custom.minWidth', value: minWidth }]),
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(steps === undefined
      ? []
      : [
          { id: 'thresholds', value: thresholds(steps) },
          { id: 'color', value: { mode: 'thresholds' } },
          { id: 'custom.cellOptions', value: { type: 'color-text' } },
        ]),
    ...more,
  ];
}
