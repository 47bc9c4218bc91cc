import type { Frame } from '../ingester/src/model';
import type { Ask } from './truth';

/** A message's whole life as a truth file tells it. Times are epoch seconds. */
export interface Chain {
  rcpt: string;
  timeQueued: number;
  /** `type` is the record; `vmta` is empty where its row does not name one. */
  events: { t: number; type: string; vmta: string }[];
}

/** How many complaints find their delivery by which key. */
export type Correlation = Record<string, number>;

/** What a trace calls the records that chains are made of. */
const STEPS: Record<string, string> = {
  t: 'deferred',
  d: 'delivered',
  b: 'bounced',
  f: 'complaint',
  rb: 'remote bounce',
};

interface Range {
  from: number;
  to: number;
}

type Row = Record<string, unknown>;

/**
 * Every chain as somebody at support finds it: the recipient's messages, then the trace of the one that was queued then.
 * The differences, one line each.
 */
export async function chainDifferences(ask: Ask, chains: readonly Chain[], range: Range): Promise<string[]> {
  if (chains.length === 0) return [];
  const recipients = [...new Set(chains.map(({ rcpt }) => rcpt))];
  const messages = rowsOf(
    await ask({
      ...range,
      queryType: 'messages',
      filters: [{ dimension: 'recipient', operator: 'in', values: recipients }],
      limit: 1000,
    }),
  );
  const lines: string[] = [];
  for (const { rcpt, timeQueued, events } of chains) {
    const name = `chain of ${rcpt} queued at ${timeQueued}`;
    const [message, ...others] = messages.filter(
      ({ recipient, queued }) => recipient === rcpt && queued === timeQueued * 1000,
    );
    if (!message || others.length > 0) {
      lines.push(`${name}: ${message ? 1 + others.length : 0} messages are found`);
      continue;
    }
    const steps = rowsOf(await ask({ ...range, queryType: 'trace', event: message['id'] }));
    const told = steps
      .filter(({ relation, step }) => relation === 'message' && Object.values(STEPS).includes(String(step)))
      .map(({ time, step, vmta }) => [Number(time) / 1000, step, vmta]);
    // A complaint's own row names no VMTA: what is told is that of its delivery.
    const delivered = events.find(({ type }) => type === 'd')?.vmta;
    const expected = events.map(({ t, type, vmta }) => [t, STEPS[type] ?? type, vmta || delivered]);
    if (JSON.stringify(told) !== JSON.stringify(expected))
      lines.push(`${name}: is ${JSON.stringify(told)}, must be ${JSON.stringify(expected)}`);
  }
  return lines;
}

/** Complaints by the key that found their delivery; the differences, one line each. */
export async function correlationDifferences(
  ask: Ask,
  expected: Correlation,
  range: Range,
): Promise<string[]> {
  const found: Correlation = {};
  const complaints = await ask({
    ...range,
    queryType: 'events',
    filters: [{ dimension: 'eventType', operator: '=', values: ['fbl'] }],
    columns: ['id', 'method'],
    limit: 1000,
  });
  for (const { method } of rowsOf(complaints)) {
    const key = String(method).replace(' (ambiguous)', '');
    found[key] = (found[key] ?? 0) + 1;
  }
  return [...new Set([...Object.keys(expected), ...Object.keys(found)])].flatMap((key) =>
    (expected[key] ?? 0) === (found[key] ?? 0)
      ? []
      : [`complaints by ${key}: ${found[key] ?? 0}, must be ${expected[key] ?? 0}`],
  );
}

function rowsOf(frames: readonly Frame[]): Row[] {
  return frames.flatMap(({ schema, data }) =>
    (data.values[0] ?? []).map((_, row) =>
      Object.fromEntries(schema.fields.map(({ name }, column) => [name, data.values[column]?.[row]])),
    ),
  );
}
