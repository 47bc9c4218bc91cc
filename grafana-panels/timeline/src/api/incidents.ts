import { CoreApp, FieldType, dateTime, type DataFrame, type DataQueryRequest } from '@grafana/data';
import { config, getBackendSrv, getDataSourceSrv, isFetchError } from '@grafana/runtime';
import type { DataQuery } from '@grafana/schema';
import { from, lastValueFrom } from 'rxjs';
import { findField, numberAt, textAt } from '../../../shared/fields/find';

/** Who acknowledged an incident, and what they wrote. */
export interface Acknowledgement {
  readonly ackBy: string;
  readonly note: string;
}

/** Longest note that the API takes. */
export const LONGEST_NOTE = 2000;

/** Whether the role of whoever looks may acknowledge. The datasource refuses others by itself; here it is merely not offered. */
export function mayAcknowledge(role: string = config.bootData.user.orgRole): boolean {
  return role === 'Editor' || role === 'Admin';
}

/** Acknowledges an incident at a datasource. Rejects with an Error whose message is for people. */
export async function acknowledge(uid: string, id: string, note: string): Promise<Acknowledgement> {
  const url = `/api/datasources/uid/${encodeURIComponent(uid)}/resources/incidents/${encodeURIComponent(id)}/ack`;
  const call = { url, method: 'POST', data: { note }, showErrorAlert: false, showSuccessAlert: false };
  try {
    const { data } = await lastValueFrom(getBackendSrv().fetch<{ incident: Acknowledgement }>(call));
    return { ackBy: data.incident.ackBy, note: data.incident.note };
  } catch (error) {
    throw new Error(reasonOf(error));
  }
}

/** What a refusal says: the API's own message, else Grafana's. */
function reasonOf(error: unknown): string {
  if (!isFetchError<{ error?: { message?: string }; message?: string } | null>(error)) {
    return error instanceof Error ? error.message : String(error);
  }
  return error.data?.error?.message ?? error.data?.message ?? `${error.status} ${error.statusText ?? ''}`;
}

/** Something that explains an incident, in a sentence, and how sure that is, from 0 to 1. */
export interface Cause {
  readonly sentence: string;
  readonly confidence: number | null;
}

/** Most causes that are told. */
const MOST = 3;

/** Asks a datasource what explains an incident. Rejects where it cannot say. */
export async function causesOf(uid: string, incident: string, range: { from: number; to: number }): Promise<Cause[]> {
  const source = await getDataSourceSrv().get({ uid });
  const [start, end] = [dateTime(range.from), dateTime(range.to)];
  const request: DataQueryRequest<DataQuery> = {
    requestId: `causes ${incident}`,
    app: CoreApp.Dashboard,
    interval: '',
    intervalMs: 0,
    timezone: 'browser',
    startTime: range.to,
    scopedVars: {},
    range: { from: start, to: end, raw: { from: start, to: end } },
    targets: [{ refId: 'causes', queryType: 'causes', ...{ incident, limit: MOST }, datasource: source.getRef() }],
  };
  const { data, errors } = await lastValueFrom(from(source.query(request)));
  const [failed] = errors ?? [];
  if (failed) {
    throw new Error(failed.message ?? failed.data?.message ?? '');
  }
  return causesIn((data as DataFrame[])[0]);
}

/** The causes of an answer, each without the rows of its evidence. */
export function causesIn(frame: DataFrame | undefined): Cause[] {
  if (!frame) {
    return [];
  }
  const named = (name: string, type: FieldType) => findField(frame, { role: name, names: [name], types: [type] });
  const [evidence, sentence] = [named('evidence', FieldType.string), named('sentence', FieldType.string)];
  const confidence = named('confidence', FieldType.number);
  const rows = Array.from({ length: frame.length }, (_, row) => row);
  return rows
    .filter((row) => textAt(evidence, row) === 'cause' && textAt(sentence, row) !== '')
    .map((row) => ({ sentence: textAt(sentence, row), confidence: numberAt(confidence, row) }));
}
