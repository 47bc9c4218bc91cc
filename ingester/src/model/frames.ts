/**
 * Grafana data frame JSON. Its decoder is strict: `schema` comes before `data`, every field has `typeInfo.frame`,
 * nulls stand only in nullable fields, and a *-multi frame has exactly one value field.
 */

/** A note on an answer, shown by Grafana in the panel's corner. */
export interface Notice {
  readonly severity: 'info' | 'warning' | 'error';
  readonly text: string;
}

/** Frame metadata; `custom` says what the answer was read from. */
export interface FrameMeta {
  readonly type?: 'timeseries-multi' | 'numeric-multi' | 'log-lines' | 'heatmap-rows';
  readonly typeVersion?: readonly [number, number];
  readonly preferredVisualisationType?: 'logs';
  readonly notices?: readonly Notice[];
  readonly custom?: Readonly<Record<string, unknown>>;
}

/** A field of a frame. Times are epoch milliseconds. */
export interface Field {
  readonly name: string;
  readonly type: 'time' | 'number' | 'string' | 'other';
  readonly typeInfo: {
    readonly frame: 'time.Time' | 'float64' | 'string' | 'json.RawMessage';
    readonly nullable: boolean;
  };
  readonly labels?: Readonly<Record<string, string>>;
  readonly config?: { readonly unit?: string; readonly custom?: typeof NOT_DRAWN };
}

/** A cell of a frame. */
export type Value = string | number | null;

/** A cell of a field of JSON: names with their texts, such as the labels of a log line, or a list of such. */
export type Json = Readonly<Record<string, string>> | readonly Readonly<Record<string, string | number>>[];

/** A data frame; `values` holds one array per field, all of one length. */
export interface Frame {
  readonly schema: { readonly refId: string; readonly meta?: FrameMeta; readonly fields: readonly Field[] };
  readonly data: { readonly values: readonly (readonly (Value | Json)[])[] };
}

/** What a column of rows holds: a text, a number or an instant (epoch ms) that may be missing, an instant, or JSON. */
export type ColumnKind = 'text' | 'number' | 'instant' | 'time' | 'json';

/** A column of rows, with the Grafana unit of its numbers. */
export interface Column {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly unit?: string;
}

/** Rows as they are, one field per column. */
export function rowsFrame(
  columns: readonly Column[],
  rows: readonly (readonly (Value | Json | undefined)[])[],
  options: FrameOptions,
  meta: Omit<FrameMeta, 'notices' | 'custom'> = {},
): Frame {
  const values = columns.map(({ kind }, index) => rows.map((row) => cell(kind, row[index])));
  return frame(options, meta, columns.map(fieldOf), values);
}

const FIELD_TYPES = {
  text: { type: 'string', typeInfo: { frame: 'string', nullable: false } },
  number: { type: 'number', typeInfo: { frame: 'float64', nullable: true } },
  instant: { type: 'time', typeInfo: { frame: 'time.Time', nullable: true } },
  time: { type: 'time', typeInfo: { frame: 'time.Time', nullable: false } },
  json: { type: 'other', typeInfo: { frame: 'json.RawMessage', nullable: false } },
} as const satisfies Record<ColumnKind, Pick<Field, 'type' | 'typeInfo'>>;

function fieldOf({ name, kind, unit }: Column): Field {
  return { name, ...FIELD_TYPES[kind], ...(unit !== undefined && { config: { unit } }) };
}

function cell(kind: ColumnKind, value: Value | Json | undefined): Value | Json {
  switch (kind) {
    case 'text':
      return typeof value === 'string' ? value : String((value as Value | undefined) ?? '');
    case 'json':
      return typeof value === 'object' && value !== null ? value : {};
    case 'number':
    case 'instant':
      return finite(value);
    case 'time':
      return finite(value) ?? 0;
  }
}

/** A value column: the name of its field and its Grafana unit. */
export interface ValueColumn {
  readonly name: string;
  readonly unit: string;
}

/** One series or label set with a value per time, or one value, for each column. */
export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: readonly (readonly (number | null)[])[];
}

/** What all frames of an answer share; notices are put on the first one only. */
export interface FrameOptions {
  readonly refId: string;
  readonly notices: readonly Notice[];
  readonly custom: Readonly<Record<string, unknown>>;
}

/** A table: one string field per dimension, then one number field per metric. */
export function tableFrame(
  dimensions: readonly string[],
  metrics: readonly ValueColumn[],
  rows: readonly (readonly Value[])[],
  options: FrameOptions,
): Frame {
  const fields = [...dimensions.map(stringField), ...metrics.map((metric) => numberField(metric))];
  const values = fields.map((field, index) =>
    rows.map((row) => (field.type === 'number' ? finite(row[index]) : String(row[index] ?? ''))),
  );
  return frame(options, {}, fields, values);
}

/** A frame per series and metric, `time` and one value field each; without series one typed frame per metric. */
export function seriesFrames(
  times: readonly number[],
  metrics: readonly ValueColumn[],
  series: readonly Series[],
  options: FrameOptions,
): Frame[] {
  const meta = { type: 'timeseries-multi', typeVersion: [0, 1] } as const;
  if (series.length === 0) {
    const fields = metrics.slice(0, 1).map((metric) => numberField(metric));
    return [frame(options, meta, [TIME, ...fields], [[], ...fields.map(() => [])])];
  }
  return series.flatMap(({ labels, values }, at) =>
    metrics.map((metric, index) =>
      frame(
        at + index === 0 ? options : { ...options, notices: [] },
        meta,
        [TIME, numberField(metric, labels)],
        [times, (values[index] ?? []).map(finite)],
      ),
    ),
  );
}

/** One frame with `time` and a field per series, named by its labels: the rows of a heatmap. */
export function heatmapFrame(
  times: readonly number[],
  metric: ValueColumn,
  series: readonly Series[],
  options: FrameOptions,
): Frame {
  const meta = { type: 'heatmap-rows', typeVersion: [0, 1] } as const;
  if (series.length === 0) return frame(options, meta, [TIME, numberField(metric)], [[], []]);
  const fields = series.map(({ labels }) => ({
    ...numberField(metric, labels),
    name: Object.values(labels).join(' / ') || metric.name,
  }));
  const values = series.map((one) => (one.values[0] ?? []).map(finite));
  return frame(options, meta, [TIME, ...fields], [times, ...values]);
}

/** Kept out of graphs: a bar chart of a histogram would draw a bucket's edges beside its count. */
const NOT_DRAWN = { hideFrom: { legend: true, tooltip: true, viz: true } } as const;

/** A histogram: a row per bucket with its name and edges, open at the top, and a count per group. */
export function histogramFrame(
  names: readonly string[],
  edges: readonly number[],
  unit: string,
  groups: readonly {
    readonly labels: Readonly<Record<string, string>>;
    readonly values: readonly number[];
  }[],
  options: FrameOptions,
): Frame {
  const count = { name: 'count', unit: 'short' };
  const edge = (name: string): Field => ({
    ...numberField({ name, unit }),
    config: { unit, custom: NOT_DRAWN },
  });
  const fields = [
    stringField('bucket'),
    edge('xMin'),
    edge('xMax'),
    ...(groups.length > 0 ? groups.map(({ labels }) => numberField(count, labels)) : [numberField(count)]),
  ];
  const values = [names, [0, ...edges], [...edges, null], ...groups.map((group) => group.values)];
  return frame(options, {}, fields, groups.length > 0 ? values : fields.map(() => []));
}

/** A frame per label set with one number in one row: what alert rules read. */
export function numericFrames(
  metric: ValueColumn,
  series: readonly Series[],
  options: FrameOptions,
): Frame[] {
  const meta = { type: 'numeric-multi', typeVersion: [0, 1] } as const;
  if (series.length === 0) return [frame(options, meta, [numberField(metric)], [[]])];
  return series.map(({ labels, values }, at) =>
    frame(
      at === 0 ? options : { ...options, notices: [] },
      meta,
      [numberField(metric, labels)],
      [[finite(values[0]?.[0])]],
    ),
  );
}

const TIME: Field = { name: 'time', type: 'time', typeInfo: { frame: 'time.Time', nullable: false } };

function stringField(name: string): Field {
  return { name, type: 'string', typeInfo: { frame: 'string', nullable: false } };
}

function numberField({ name, unit }: ValueColumn, labels?: Readonly<Record<string, string>>): Field {
  return {
    name,
    type: 'number',
    typeInfo: { frame: 'float64', nullable: true },
    ...(labels && Object.keys(labels).length > 0 && { labels }),
    config: { unit },
  };
}

function finite(value: Value | Json | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function frame(
  { refId, notices, custom }: FrameOptions,
  type: Omit<FrameMeta, 'notices' | 'custom'>,
  fields: readonly Field[],
  values: readonly (readonly (Value | Json)[])[],
): Frame {
  const meta: FrameMeta = { ...type, ...(notices.length > 0 && { notices }), custom };
  return { schema: { refId, meta, fields }, data: { values } };
}
