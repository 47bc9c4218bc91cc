import { setMaxListeners } from 'node:events';
import { performance } from 'node:perf_hooks';
import { BusyError, type Store } from '../store';
import type { ApiContext, ApiDependencies } from './route';

/** How long a request may take to be answered, the wait for its turn included, in milliseconds. */
const DEADLINE = 60_000;

/** Seconds after which one that was refused, because too many wait, may try again. */
export const RETRY_AFTER = 5;

/** The store as one who asks sees it: each read waits for its turn and is measured. */
export function storeOf({ store, monitor }: ApiDependencies, context: ApiContext): Pick<Store, 'read'> {
  const asker = context.get('person');
  return {
    read: async (sql, options) => {
      const start = performance.now();
      const seen = (outcome: ReadOutcome): void =>
        monitor.observeRead(outcome, (performance.now() - start) / 1000);
      try {
        const rows = await store.read(sql, { ...options, ...(asker && { asker }) });
        seen('answered');
        return rows as never;
      } catch (error) {
        seen(error instanceof BusyError ? 'refused' : options?.signal?.aborted ? 'given_up' : 'failed');
        throw error;
      }
    },
  };
}

/** What became of a read. */
export type ReadOutcome = 'answered' | 'failed' | 'given_up' | 'refused';

/** A signal that gives up when the client has gone, and at the deadline unless it is null. */
export function signalOf(
  { queryDeadline = DEADLINE }: ApiDependencies,
  { env: { outgoing } }: ApiContext,
  deadline: number | null = queryDeadline,
): AbortSignal {
  const left = new AbortController();
  // Each read of a request listens.
  setMaxListeners(0, left.signal);
  const late = (): void => left.abort(new DOMException('the deadline is over', 'TimeoutError'));
  const timer = deadline === null ? undefined : setTimeout(late, deadline);
  outgoing.once('close', () => {
    clearTimeout(timer);
    if (!outgoing.writableFinished) left.abort();
  });
  return left.signal;
}
