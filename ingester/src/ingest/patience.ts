import { setTimeout as wait } from 'node:timers/promises';

/** Tries again what the store does not take at the moment, says so meanwhile, and gives up when the service closes. */
export class Patience {
  private readonly closing = new AbortController();
  private readonly troubles = new Map<symbol, string>();

  /** What keeps the work from going on, for people; empty while all is well. */
  get trouble(): string {
    return [...this.troubles.values()][0] ?? '';
  }

  /** Whether nothing is tried again any more. */
  get closed(): boolean {
    return this.closing.signal.aborted;
  }

  /** From now on the first error counts; what waits for its next attempt makes it at once, as its last one. */
  close(): void {
    this.closing.abort();
  }

  /**
   * Tries until the store takes it: it may be away, or its disk full. Throws what `work` throws where `passes` says that
   * it will not pass, or when the service closes.
   */
  async insist<T>(work: () => Promise<T>, passes: (error: unknown) => boolean = isPassing): Promise<T> {
    const attempts = Symbol();
    try {
      for (let attempt = 0; ; attempt++) {
        try {
          return await work();
        } catch (error) {
          if (this.closed || !passes(error)) throw error;
          this.report(attempts, error);
          await wait(Math.min(30_000, 500 * 2 ** attempt), undefined, { signal: this.closing.signal }).catch(
            () => undefined,
          );
        }
      }
    } finally {
      this.troubles.delete(attempts);
    }
  }

  private report(attempts: symbol, error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.troubles.set(attempts, `the store does not take rows: ${message.slice(0, 300)}`);
  }
}

function isPassing(error: unknown): boolean {
  const { code = '', message = '' } = error as NodeJS.ErrnoException;
  return /ECONNREFUSED|ECONNRESET|EPIPE|ETIMEDOUT|socket hang up|timeout|no space|NOT_ENOUGH_SPACE|ENOSPC|memory limit|MEMORY_LIMIT|TOO_MANY_PARTS/i.test(
    `${code} ${message}`,
  );
}
