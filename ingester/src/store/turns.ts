/** Who asks for a read: turns go round the owners, one read each, and those that are urgent come first. */
export interface Asker {
  readonly owner: string;
  readonly urgent?: boolean;
}

/** How many reads may run at once and how many may wait. */
export interface TurnLimits {
  readonly running: number;
  /** While a load is under way. */
  readonly beside: number;
  readonly waiting: number;
  readonly waitingPerOwner: number;
}

/** What the turns look like now. */
export interface TurnFigures {
  readonly running: number;
  readonly waiting: number;
  /** Refused since the start, because too many waited. */
  readonly refused: number;
}

/** Too many reads wait already. */
export class BusyError extends Error {
  override readonly name = 'BusyError';
  constructor() {
    super('too many queries are waiting: try again in a few seconds');
  }
}

interface Waiting {
  readonly grant: () => void;
}

/** The order in which reads get to run: pure bookkeeping, no clock and no engine. */
export class Turns {
  private running = 0;
  private refused = 0;
  private loads = 0;
  /** Reads that wait, by owner; the owner whose turn is next stands first. */
  private readonly urgent = new Map<string, Waiting[]>();
  private readonly usual = new Map<string, Waiting[]>();

  constructor(private readonly limits: TurnLimits) {}

  get figures(): TurnFigures {
    return { running: this.running, waiting: this.waiting(), refused: this.refused };
  }

  /** Whether a load is under way: reads then share what it leaves. */
  get loading(): boolean {
    return this.loads > 0;
  }

  /** Fewer reads run until the function it gives is called. */
  load(): () => void {
    this.loads++;
    return once(() => {
      this.loads--;
      this.next();
    });
  }

  /**
   * Waits for a turn and gives the function that ends it. Rejects with BusyError where too many wait, and with the
   * signal's reason where it is given up before.
   */
  async take(asker: Asker, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted();
    if (this.running >= this.limit || this.waiting() > 0) await this.queue(asker, signal);
    else this.running++;
    return once(() => {
      this.running--;
      this.next();
    });
  }

  private get limit(): number {
    return this.loading ? this.limits.beside : this.limits.running;
  }

  private waiting(): number {
    return count(this.urgent) + count(this.usual);
  }

  private queue({ owner, urgent }: Asker, signal: AbortSignal | undefined): Promise<void> {
    const owners = urgent ? this.urgent : this.usual;
    const own = owners.get(owner) ?? [];
    if (own.length >= this.limits.waitingPerOwner || this.waiting() >= this.limits.waiting) {
      this.refused++;
      return Promise.reject(new BusyError());
    }
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        own.splice(own.indexOf(entry), 1);
        if (own.length === 0) owners.delete(owner);
        reject(signal?.reason as Error);
      };
      const entry = {
        grant: () => {
          signal?.removeEventListener('abort', leave);
          resolve();
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      own.push(entry);
      owners.set(owner, own);
    });
  }

  private next(): void {
    while (this.running < this.limit) {
      const entry = shift(this.urgent) ?? shift(this.usual);
      if (!entry) return;
      this.running++;
      entry.grant();
    }
  }
}

/** Takes one of the first owner's and puts the owner at the end. */
function shift(owners: Map<string, Waiting[]>): Waiting | undefined {
  for (const [owner, own] of owners) {
    const first = own.shift();
    owners.delete(owner);
    if (own.length > 0) owners.set(owner, own);
    return first;
  }
  return undefined;
}

function count(owners: ReadonlyMap<string, Waiting[]>): number {
  let sum = 0;
  for (const own of owners.values()) sum += own.length;
  return sum;
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (done) return;
    done = true;
    work();
  };
}
