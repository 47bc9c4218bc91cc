import { streamSSE, type SSEStreamingApi } from 'hono/streaming';
import type { Ingest } from '../ingest';
import { answer, type AnswerContext, type QueryRequest } from '../model';
import type { Store } from '../store';
import { ApiError } from './errors';
import { text } from './openapi';
import { EVER } from './parameters';
import type { ApiContext, ApiDependencies, Route } from './route';

/** What is counted, by its name in the stream, and the metric that counts it. */
const COUNTED = {
  delivered: 'delivered',
  bounced: 'bounced',
  deferred: 'deferrals',
  complaints: 'complaints',
} as const;

/** How much each counter stands at, or how much it has changed. */
export type Counts = Record<keyof typeof COUNTED, number>;

const NAMES = Object.keys(COUNTED) as (keyof Counts)[];

/** Most clients at once: Grafana's backend holds one for all who look at a panel. */
const MAX_CLIENTS = 100;

/** Silence after which something is sent, so that nothing in between takes the connection for dead, in milliseconds. */
const HEARTBEAT = 15_000;

/** A client whose connection has taken nothing for so long is dropped, in milliseconds. */
const PATIENCE = 10_000;

/** How long a client waits before it comes back, in milliseconds. */
const RETRY = 2_000;

const TOTALS: QueryRequest = {
  ...EVER,
  queries: [{ refId: 'A', queryType: 'metrics', metrics: Object.values(COUNTED), format: 'table' }],
};

/** A client that is told of changes. */
interface Client {
  tell: (totals: Counts) => void;
  /** The service ends. */
  nudge: () => void;
}

/**
 * Live counters. After a commit the totals are asked for once, as any query would, whoever listens; a client is told how
 * they differ from what it was told last. So deltas always add up to the API's totals, after corrections and crashes too.
 */
export class LiveCounters {
  private readonly listening = new Set<Client>();
  private readonly unsubscribe: () => void;
  private asking: Promise<void> | undefined;
  private again = false;
  private ended = false;

  constructor(
    private readonly store: Pick<Store, 'read'>,
    ingest: Pick<Ingest, 'onCommit'>,
    private readonly context: AnswerContext,
  ) {
    this.unsubscribe = ingest.onCommit(() => this.changed());
  }

  get clients(): number {
    return this.listening.size;
  }

  /** Whether no more is told. */
  get closed(): boolean {
    return this.ended;
  }

  /** Tells a client of the totals after each commit until the function it gives is called. */
  listen(client: Client): () => void {
    this.listening.add(client);
    return () => this.listening.delete(client);
  }

  /** The totals as the API answers them. */
  async totals(): Promise<Counts> {
    const { A: result } = (await answer(this.store, TOTALS, this.context)).results;
    if (!result || 'error' in result)
      throw new ApiError(503, 'query_failed', result?.error ?? 'no answer', undefined, 10);
    const values = result.frames[0]?.data.values ?? [];
    return countsOf((_, index) => Number(values[index]?.[0] ?? 0));
  }

  /** Ends every stream. */
  close(): void {
    this.unsubscribe();
    this.ended = true;
    for (const client of this.listening) client.nudge();
  }

  /** Commits that come while the totals are asked for are told of together. */
  private changed(): void {
    if (this.listening.size === 0) return;
    if (this.asking) {
      this.again = true;
      return;
    }
    this.asking = this.tell().finally(() => {
      this.asking = undefined;
      if (this.again) {
        this.again = false;
        this.changed();
      }
    });
  }

  /** Where the store does not answer, the next commit tells of this one too. */
  private async tell(): Promise<void> {
    const totals = await this.totals().catch(() => undefined);
    if (totals) for (const client of this.listening) client.tell(totals);
  }
}

/** Live counters as server-sent events. */
export function streamRoutes(deps: ApiDependencies): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/stream',
      needs: 'read',
      doc: {
        tag: 'service',
        summary: 'Live counters as server-sent events',
        description:
          'First `start` with the totals, then `counters` with what each commit changed; all of them add up to the totals. `Last-Event-ID` goes on from there.',
        answer: text('Events that do not end', 'text/event-stream'),
        refusals: { 503: 'too many streams are open: `busy`' },
      },
      handle: (context) => open(deps, context),
    },
  ];
}

async function open({ stream: counters, log }: ApiDependencies, context: ApiContext): Promise<Response> {
  if (counters.clients >= MAX_CLIENTS)
    throw new ApiError(503, 'busy', `${MAX_CLIENTS} streams are open already`, undefined, 30);
  const { incoming, outgoing } = context.env;
  const listener = new Listener();
  const stop = counters.listen(listener);
  try {
    // Listening comes first: what is committed meanwhile is told of, or is in the totals.
    const totals = await counters.totals();
    const since = countsFrom(incoming.headers['last-event-id']);
    return streamSSE(
      context,
      (stream) => run(counters, stream, listener, { totals, since }, () => outgoing.destroy()).finally(stop),
      (error) => {
        log.warn({ err: error }, 'a stream broke off');
        return Promise.resolve();
      },
    );
  } catch (error) {
    stop();
    throw error;
  }
}

/** The newest totals that one client was not told of yet. */
class Listener implements Client {
  private latest: Counts | undefined;
  private wake: (() => void) | undefined;

  tell(totals: Counts): void {
    this.latest = totals;
    this.nudge();
  }

  /** Ends the wait of `next` without any. */
  nudge(): void {
    this.wake?.();
  }

  /** Waits for totals, or for a nudge. */
  async next(): Promise<Counts | undefined> {
    if (!this.latest) await new Promise<void>((resolve) => (this.wake = resolve));
    this.wake = undefined;
    const { latest } = this;
    this.latest = undefined;
    return latest;
  }
}

/** Sends what changed, one event at a time: what changes while a client takes its time is in the next one. */
async function run(
  counters: LiveCounters,
  stream: SSEStreamingApi,
  listener: Listener,
  { totals, since }: { totals: Counts; since: Counts | undefined },
  drop: () => void,
): Promise<void> {
  const nudge = (): void => listener.nudge();
  const over = (): boolean => stream.aborted || counters.closed;
  stream.onAbort(nudge);
  const beat = setInterval(nudge, HEARTBEAT);
  try {
    let known = totals;
    // What was committed since a client went away comes first.
    await send(stream, since ? 'counters' : 'start', since ? minus(known, since) : known, known, drop);
    while (!over()) {
      const next = await listener.next();
      if (over()) return;
      if (!next) await within(stream.write(': alive\n\n'), drop);
      else if (NAMES.some((name) => next[name] !== known[name]))
        await send(stream, 'counters', minus(next, known), next, drop);
      known = next ?? known;
    }
  } finally {
    clearInterval(beat);
  }
}

function send(
  stream: SSEStreamingApi,
  event: string,
  counts: Counts,
  totals: Counts,
  drop: () => void,
): Promise<unknown> {
  const id = NAMES.map((name) => totals[name]).join('.');
  const data = JSON.stringify({ at: Date.now(), ...counts });
  return within(stream.writeSSE({ event, data, id, retry: RETRY }), drop);
}

/** Nothing is gathered for a client that does not read. */
async function within(sent: Promise<unknown>, drop: () => void): Promise<void> {
  const timer = setTimeout(drop, PATIENCE);
  await sent.finally(() => clearTimeout(timer));
}

function minus(totals: Counts, before: Counts): Counts {
  return countsOf((name) => totals[name] - before[name]);
}

function countsOf(of: (name: keyof Counts, index: number) => number): Counts {
  return Object.fromEntries(NAMES.map((name, index) => [name, of(name, index)])) as Counts;
}

/** The totals that a client was told last, from the id of that event; undefined where it is none of ours. */
function countsFrom(id: string | string[] | undefined): Counts | undefined {
  if (typeof id !== 'string' || !/^\d{1,15}(\.\d{1,15}){3}$/.test(id)) return undefined;
  const numbers = id.split('.').map(Number);
  return countsOf((_, index) => numbers[index] ?? 0);
}
