import type { ClickHouseClient } from '@clickhouse/client';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { renderSchema } from './engines';
import { literal } from './sql';

/** How often a claim is renewed, how long it is good without, and after how long others may take it. Milliseconds. */
export interface ClaimTiming {
  beatMs: number;
  validMs: number;
  leaseMs: number;
}

/** A claim is given up by its holder well before it is taken by another. */
const DEFAULT_TIMING: ClaimTiming = { beatMs: 5_000, validMs: 20_000, leaseMs: 30_000 };

/** How a store on a server is claimed; `onLost` is told once when another service has taken it over. */
export interface ClaimOptions {
  timing?: ClaimTiming;
  onLost?: (error: StoreLostError) => void;
}

/** How many claimed numbers may be without a row. */
const SKIPPED = 5;

/** Another service works on the store. */
export class StoreClaimedError extends Error {
  constructor({ host, pid, since, age }: Holder, leaseMs: number) {
    const left = Math.ceil(leaseMs / 1000 - age);
    super(
      `The store is in use by the service on ${host} (process ${pid}) since ${since}: one at a time may write. Stop that one first, or use another server. If it has crashed, its claim runs out in ${left} s: start again then.`,
    );
  }
}

/** Another service has taken the store over: nothing may be written any more. */
export class StoreLostError extends Error {
  constructor({ host, pid, since }: Holder) {
    super(
      `The service on ${host} (process ${pid}) has taken the store over since ${since}, as this one had not been heard of: nothing more is written. Start it again when that one has stopped.`,
    );
  }
}

/** The newest claim; `age` is the time since it was renewed, seconds by the server's clock. */
interface Holder {
  epoch: number;
  holder: string;
  host: string;
  pid: number;
  since: string;
  released: number;
  age: number;
}

/** Made before the numbered schema: who may bring that up to date is told here. */
const OWNER = `CREATE TABLE IF NOT EXISTS watchtower.owner (epoch UInt64, version UInt64, holder String, host String,
    pid UInt32, released UInt8, since DateTime('UTC'), beat DateTime64(3, 'UTC') DEFAULT now64(3))
  ENGINE = {{replacing}} ORDER BY epoch SETTINGS {{deduplication}}`;

const NEWEST = `SELECT epoch, any(o.holder) AS holder, any(o.host) AS host, any(o.pid) AS pid, concat(toString(min(o.since)), ' UTC') AS since,
    toUInt8(max(o.released)) AS released, (toUnixTimestamp64Milli(now64(3, 'UTC')) - toUnixTimestamp64Milli(max(o.beat))) / 1000 AS age
  FROM watchtower.owner AS o GROUP BY epoch ORDER BY epoch DESC LIMIT 1
  SETTINGS output_format_json_quote_64bit_integers = 0`;

/**
 * The right to write into a store on a server, of which one service has it at a time. Claims are numbered; a number's
 * first row wins, as the engine takes an insert with a token once. The holder renews its claim and looks whether a newer
 * one stands. Clocks of the services do not matter: a claim's age is told by the server's.
 */
export class Claim {
  private readonly holder = randomUUID();
  private epoch = 0;
  private version = 0;
  private readonly since = Math.floor(Date.now() / 1000);
  /** Until when the claim is known to be good, by this process's own steady clock, milliseconds. */
  private goodUntil = 0;
  private lost: StoreLostError | undefined;
  private beating: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;

  private constructor(
    private readonly client: ClickHouseClient,
    private readonly timing: ClaimTiming,
    private readonly onLost: (error: StoreLostError) => void,
  ) {}

  /** Takes the claim on a connection of its own. Throws StoreClaimedError. */
  static async take(
    client: ClickHouseClient,
    { timing = DEFAULT_TIMING, onLost = () => undefined }: ClaimOptions,
  ): Promise<Claim> {
    const claim = new Claim(client, timing, onLost);
    try {
      await client.command({ query: 'CREATE DATABASE IF NOT EXISTS watchtower' });
      await client.command({ query: renderSchema(OWNER) });
      await claim.acquire();
    } catch (error) {
      await client.close();
      throw error;
    }
    claim.timer = setInterval(() => void claim.renew().catch(() => undefined), timing.beatMs).unref();
    return claim;
  }

  /** Resolves when the claim is good at this moment. Throws StoreLostError, and what the server says where it cannot be asked. */
  async hold(): Promise<void> {
    if (this.lost) throw this.lost;
    if (performance.now() > this.goodUntil) await this.renew();
  }

  /** Gives the claim up. */
  async release(): Promise<void> {
    clearInterval(this.timer);
    await this.beating?.catch(() => undefined);
    // Where the server cannot be reached the claim runs out by itself.
    if (!this.lost) await this.write(undefined, 1).catch(() => undefined);
    await this.client.close();
  }

  private async acquire(): Promise<void> {
    const before = await this.newest();
    if (before && !before.released && before.age * 1000 < this.timing.leaseMs)
      throw new StoreClaimedError(before, this.timing.leaseMs);
    const taken = before?.epoch ?? 0;
    // A number whose token the engine had noted when it was killed, before the row stood, stays without one.
    for (this.epoch = taken + 1; this.epoch <= taken + SKIPPED; this.epoch++) {
      const asked = performance.now();
      await this.write(`owner:${this.epoch}`);
      const now = await this.newest();
      if (now && now.epoch >= this.epoch) {
        if (now.holder !== this.holder) throw new StoreClaimedError(now, this.timing.leaseMs);
        this.goodUntil = asked + this.timing.validMs;
        return;
      }
    }
    throw new Error(
      'The store cannot be claimed: the server does not keep what is written into watchtower.owner',
    );
  }

  /** One at a time: a statement that hangs is not followed by more of them. */
  private renew(): Promise<void> {
    this.beating ??= this.beat().finally(() => (this.beating = undefined));
    return this.beating;
  }

  private async beat(): Promise<void> {
    if (this.lost) throw this.lost;
    const asked = performance.now();
    await this.write();
    const now = await this.newest();
    if (now?.holder === this.holder) {
      this.goodUntil = asked + this.timing.validMs;
      return;
    }
    if (!now) throw new Error('The claim on the store is gone: watchtower.owner is empty');
    clearInterval(this.timer);
    this.lost = new StoreLostError(now);
    this.onLost(this.lost);
    throw this.lost;
  }

  private async newest(): Promise<Holder | undefined> {
    const answer = await this.client.query({ query: NEWEST, format: 'JSONEachRow' });
    return (await answer.json<Holder>())[0];
  }

  /** Adds a row; of several with one token the first is taken, whoever writes it. */
  private async write(token: string = randomUUID(), released: 0 | 1 = 0): Promise<void> {
    const values = [
      this.epoch,
      this.version++,
      literal(this.holder),
      literal(hostname()),
      process.pid,
      released,
    ];
    await this.client.command({
      query: `INSERT INTO watchtower.owner (epoch, version, holder, host, pid, released, since)
        SETTINGS async_insert = 0, insert_deduplicate = 1, insert_deduplication_token = ${literal(token)}
        VALUES (${values.join(', ')}, ${this.since})`,
    });
  }
}
