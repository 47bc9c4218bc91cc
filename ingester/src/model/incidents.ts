import { z } from 'zod';
import type { Store } from '../store';
import type { AnswerContext } from './context';
import { dimensions } from './dimensions';
import { QueryError } from './errors';
import { filterSql } from './filters';
import {
  numericFrames,
  rowsFrame,
  type Column,
  type Frame,
  type FrameOptions,
  type Json,
  type Notice,
  type Value,
} from './frames';
import { incidentLink, linkedOf, type Linkable, type Share } from './incidentLinks';
import type { Named } from './links';
import { ownersOf } from './owners';
import { Params } from './params';
import { filterSchema, limitSchema, LIMITS, nameOrHeader, rangeShape, unknown, type Filter } from './schema';

/** What is known of an incident, in the order of its columns. Times are epoch ms, rates 0 to 1. */
export const INCIDENT_COLUMNS: readonly Column[] = [
  { name: 'id', kind: 'text' },
  { name: 'kind', kind: 'text' },
  { name: 'severity', kind: 'text' },
  { name: 'state', kind: 'text' },
  { name: 'provider', kind: 'text' },
  { name: 'domain', kind: 'text' },
  { name: 'vmta', kind: 'text' },
  { name: 'pool', kind: 'text' },
  { name: 'job', kind: 'text' },
  { name: 'sender', kind: 'text' },
  { name: 'node', kind: 'text' },
  { name: 'start', kind: 'instant' },
  { name: 'end', kind: 'instant' },
  { name: 'openedAt', kind: 'instant' },
  { name: 'detectedAt', kind: 'instant' },
  { name: 'historical', kind: 'number' },
  { name: 'sentence', kind: 'text' },
  { name: 'rate', kind: 'number', unit: 'percentunit' },
  { name: 'baseline', kind: 'number', unit: 'percentunit' },
  { name: 'waiting', kind: 'number', unit: 'short' },
  { name: 'attempts', kind: 'number', unit: 'short' },
  { name: 'ackBy', kind: 'text' },
  { name: 'note', kind: 'text' },
  { name: 'symptomOf', kind: 'text' },
  { name: 'link', kind: 'text' },
  { name: 'linked', kind: 'json' },
];

/** The kind of the one row that tells of all that was found in old logs. It stands in a table only where it is asked for. */
export const BACKFILL = 'backfill';

/** The numbers of an incident that alert rules ask for, one at a time, with their units and how they are read. */
const ALERT_METRICS = {
  open: { unit: 'short', sql: 'fires' },
  rate: { unit: 'percentunit', sql: 'i.rate' },
  baseline: { unit: 'percentunit', sql: 'i.baseline' },
  waiting: { unit: 'short', sql: 'i.waiting' },
  start: { unit: 'dateTimeAsIso', sql: 'toUnixTimestamp(i.start) * 1000' },
  end: { unit: 'dateTimeAsIso', sql: 'toUnixTimestamp(i.finish) * 1000' },
  details: { unit: 'short', sql: "i.state = 'open'" },
} as const;

const METRICS = Object.keys(ALERT_METRICS) as (keyof typeof ALERT_METRICS)[];
const FORMATS = ['table', 'numeric'] as const;

/** What an incident can be filtered by; other conditions say nothing of it. */
const FILTERED = [
  ...(['provider', 'domain', 'vmta', 'pool', 'job', 'sender', 'node'] as const),
  ...(['id', 'kind', 'severity', 'state'] as const),
];

const filter = filterSchema.safeExtend({
  dimension: nameOrHeader('dimension', [...new Set([...Object.keys(dimensions), ...FILTERED])]),
});

/**
 * A query of type `incidents`: a row per incident that touches the range, or with format numeric the alert state, which
 * does not depend on the range. What was retracted is left out unless `state` or `id` is filtered by.
 */
export const incidentsQuerySchema = z
  .object({
    ...rangeShape,
    queryType: z.literal('incidents'),
    filters: z
      .array(filter, { error: 'an array of filters' })
      .max(LIMITS.filters, `at most ${LIMITS.filters} filters`)
      .default([]),
    format: z.enum(FORMATS, { error: unknown('format', FORMATS) }).default('table'),
    metric: z.enum(METRICS, { error: unknown('metric of an incident', METRICS) }).optional(),
    limit: limitSchema(LIMITS.rows),
  })
  .superRefine(({ format, metric }, context) => {
    if (format === 'numeric' && metric === undefined)
      context.addIssue({ code: 'custom', path: ['metric'], message: `one of ${METRICS.join(', ')}` });
  });

/** An alert fires for at least so long, and stays with its last numbers for so long after it; milliseconds of the clock. */
const FIRES = 120_000;
const LINGERS = 600_000;

/** Rows of a table where no limit is set. */
const ROWS = 1000;

/** The incidents there are, or what alert rules need of them. */
export async function answerIncidents(
  store: Pick<Store, 'read'>,
  query: z.infer<typeof incidentsQuerySchema>,
  context: AnswerContext,
): Promise<Frame[]> {
  const params = new Params();
  const isKnown = ({ dimension }: { dimension: string }) =>
    (FILTERED as readonly string[]).includes(dimension);
  const conditions = query.filters
    .filter(isKnown)
    .map((each) => filterSql(each as Filter, `toString(i.${each.dimension})`, params));
  const left = query.filters.filter((each) => !isKnown(each)).map(({ dimension }) => dimension);
  const notices: Notice[] =
    left.length === 0
      ? []
      : [{ severity: 'info', text: `Incidents cannot be filtered by ${left.join(', ')}: left out here` }];
  const filtersBy = (name: string) => query.filters.some(({ dimension }) => dimension === name);
  const asked = { params, conditions, filtersBy };
  const options = { refId: query.refId, notices, custom: {} };
  return query.format === 'table'
    ? [rowsFrame(INCIDENT_COLUMNS, await rowsOf(store, query, asked, context), options)]
    : alertFrames(store, query, asked, context, options);
}

interface Asked {
  readonly params: Params;
  readonly conditions: string[];
  readonly filtersBy: (name: string) => boolean;
}

const SOURCE = `watchtower.incidents AS i FINAL LEFT JOIN (SELECT id, ackBy, note FROM watchtower.incident_notes FINAL) AS n ON n.id = i.id`;

/** How a column is read where the table does not have it by that name. */
const READ: Readonly<Record<string, string>> = {
  start: 'toUnixTimestamp(i.start) * 1000',
  end: 'toUnixTimestamp(i.finish) * 1000',
  openedAt: 'nullIf(i.opened, 0)',
  detectedAt: 'i.detected',
  ackBy: 'n.ackBy',
  note: 'n.note',
};

/**
 * SQL conditions on `i` of the incidents that touch a half-open range (epoch ms). One that is not closed goes on, however
 * long ago its last step was.
 */
export function touching({ from, to }: { from?: number | undefined; to?: number | undefined }): string[] {
  return [
    ...(to === undefined ? [] : [`toUnixTimestamp(i.start) * 1000 < ${to}`]),
    ...(from === undefined ? [] : [`(i.state != 'closed' OR toUnixTimestamp(i.finish) * 1000 > ${from})`]),
  ];
}

async function rowsOf(
  store: Pick<Store, 'read'>,
  { from, to, limit = ROWS }: z.infer<typeof incidentsQuerySchema>,
  { params, conditions, filtersBy }: Asked,
  { signal }: AnswerContext,
): Promise<(Value | Json)[][]> {
  const where = [
    ...conditions,
    ...(filtersBy('state') || filtersBy('id') ? [] : ["i.state != 'retracted'"]),
    ...(filtersBy('kind') || filtersBy('id') ? [] : [`i.kind != '${BACKFILL}'`]),
    ...touching({ from, to }),
  ];
  const stored = INCIDENT_COLUMNS.filter(({ name }) => name !== 'link' && name !== 'linked');
  const columns = stored.map(({ name }) => `${READ[name] ?? `i.${name}`} AS c_${name}`);
  const rows = await store.read<Row>(
    `SELECT ${columns.join(', ')}, i.behind AS behind FROM ${SOURCE} WHERE ${where.join(' AND ') || '1'} ORDER BY i.start DESC, i.id LIMIT ${limit}`,
    { params: params.values, ...(signal && { signal }) },
  );
  const found = rows.map((row) => ({ row, behind: JSON.parse(row.behind) as Share[] }));
  const jobs = found.flatMap(({ behind }) => behind.filter(([name]) => name === 'job').map(([, job]) => job));
  const owners = await ownersOf(store, jobs, signal);
  return found.map(({ row, behind }) => {
    const incident = linkable(row);
    const links = { link: incidentLink(incident), linked: linkedOf(incident, behind, owners) };
    return INCIDENT_COLUMNS.map(({ name }) =>
      name === 'link' || name === 'linked' ? links[name] : (row[`c_${name}`] ?? null),
    );
  });
}

type Row = Readonly<Record<`c_${string}`, Value>> & { readonly behind: string };

/** What an incident is about, by column: the `sender` of one is a domain. */
const ABOUT: readonly (readonly [column: string, dimension: Named['dimension']])[] = [
  ...(['provider', 'vmta', 'pool', 'job', 'node'] as const).map((name) => [name, name] as const),
  ['sender', 'senderDomain'],
];

function linkable(row: Row): Linkable {
  const named = ABOUT.map(([name, dimension]) => ({ dimension, value: String(row[`c_${name}`] ?? '') }));
  return {
    kind: String(row.c_kind),
    named: named.filter(({ value }) => value !== ''),
    start: Number(row.c_start) / 1000,
    end: Number(row.c_end) / 1000,
  };
}

/**
 * 1 from when an incident was more than provisional until it is closed, and for two minutes at least; then 0 for ten
 * minutes; then nothing. What was over long before it was found, and what only informs, never pages; the latter is
 * there where kind or severity are filtered by, unless it is a symptom of another incident, which has its own alert.
 */
async function alertFrames(
  store: Pick<Store, 'read'>,
  { metric, limit = ROWS }: z.infer<typeof incidentsQuerySchema>,
  { params, conditions, filtersBy }: Asked,
  { signal }: AnswerContext,
  options: FrameOptions,
): Promise<Frame[]> {
  if (!metric) throw new QueryError(400, 'metric: is missing');
  const now = Date.now();
  const where = [
    ...conditions,
    "i.historical = 0 AND i.opened > 0 AND i.symptomOf = ''",
    ...(filtersBy('kind') || filtersBy('severity') ? [] : ["i.severity != 'info'"]),
    `(fires OR greatest(i.settled, i.opened + ${FIRES}) + ${LINGERS} > ${now})`,
  ];
  const { unit, sql } = ALERT_METRICS[metric];
  const labels = metric === 'details' ? [...LABELS, ...DETAILS] : LABELS;
  const columns = labels.map((name) => `toString(i.${name === 'incident' ? 'id' : name}) AS l_${name}`);
  const rows = await store.read<Record<string, string> & { value: number | null }>(
    `SELECT ${columns.join(', ')}, (i.state = 'open' OR i.opened + ${FIRES} > ${now}) AS fires, ${sql} AS value
     FROM watchtower.incidents AS i FINAL WHERE ${where.join(' AND ')} ORDER BY i.start DESC, l_incident LIMIT ${limit}`,
    { params: params.values, ...(signal && { signal }) },
  );
  const series = rows.map((row) => ({
    labels: Object.fromEntries(labels.map((name) => [name, row[`l_${name}`] ?? ''])),
    values: [[row.value]],
  }));
  return numericFrames({ name: metric, unit }, series, options);
}

const LABELS = ['incident', 'kind', 'provider', 'vmta', 'pool', 'job', 'severity'] as const;

/** Labels of `details` beside the others. They may change while an incident goes on: no condition is made of them. */
const DETAILS = ['sender', 'node', 'mostlyJob', 'mostlySender', 'mostlyIp'] as const;
