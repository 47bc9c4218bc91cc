import { createHash, randomBytes } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { ApiError } from './errors';

/** So many requests in so many seconds. */
export interface Limit {
  readonly points: number;
  readonly duration: number;
}

/** How much one may ask. */
export interface RateLimits {
  /** With a key, by key and user: a dashboard of 30 panels that is refreshed every 5 s takes 60 of its requests in 10 s. */
  readonly asker: Limit;
  /** Without one, by address. */
  readonly address: Limit;
  /** Wrong keys, by address; after them no key is looked at until the time is over. */
  readonly wrongKeys: Limit;
}

/** The limits of the service. */
export const RATE_LIMITS: RateLimits = {
  asker: { points: 2000, duration: 10 },
  address: { points: 300, duration: 10 },
  wrongKeys: { points: 10, duration: 60 },
};

/** Counts requests. Memory is bounded: names are hashed into buckets, secretly, so that nobody can choose a neighbour. */
export class Limits {
  private readonly salt = randomBytes(16);
  private readonly askers: RateLimiterMemory;
  private readonly addresses: RateLimiterMemory;
  private readonly wrongKeys: RateLimiterMemory;

  constructor(limits: RateLimits = RATE_LIMITS) {
    this.askers = new RateLimiterMemory(limits.asker);
    this.addresses = new RateLimiterMemory(limits.address);
    this.wrongKeys = new RateLimiterMemory(limits.wrongKeys);
  }

  /**
   * Takes a request of someone with a key.
   * @throws ApiError 429 `too_many_requests`
   */
  asked(owner: string): Promise<void> {
    return take(this.askers, this.bucket(owner));
  }

  /**
   * Takes a request of an address without a key.
   * @throws ApiError 429 `too_many_requests`
   */
  came(address: string | undefined): Promise<void> {
    return take(this.addresses, this.bucket(network(address)));
  }

  /** Notes a wrong key. */
  async wrongKey(address: string | undefined): Promise<void> {
    await this.wrongKeys.penalty(this.bucket(network(address)));
  }

  /**
   * Refuses an address that sent too many wrong keys, before the next one is compared.
   * @throws ApiError 429 `too_many_requests`
   */
  async mayTryKey(address: string | undefined): Promise<void> {
    const seen = await this.wrongKeys.get(this.bucket(network(address)));
    if (seen && seen.consumedPoints >= this.wrongKeys.points)
      throw refusal(seen, 'too many wrong keys came from this address');
  }

  private bucket(name: string): number {
    return createHash('sha256').update(this.salt).update(name).digest().readUInt16BE(0);
  }
}

async function take(limiter: RateLimiterMemory, bucket: number): Promise<void> {
  try {
    await limiter.consume(bucket);
  } catch (error) {
    if (error instanceof RateLimiterRes) throw refusal(error, 'too many requests');
    throw error;
  }
}

function refusal({ msBeforeNext }: RateLimiterRes, what: string): ApiError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  const message = `${what}: try again in ${seconds} s`;
  return new ApiError(429, 'too_many_requests', message, { retryAfterSeconds: seconds }, seconds);
}

/** Whoever has an IPv6 address has the 2^64 around it. */
function network(address = ''): string {
  if (!isIPv6(address) || /^::ffff:/i.test(address)) return address;
  const [head = '', tail] = address.split('::');
  const first = head.split(':').filter(Boolean);
  if (tail === undefined) return first.slice(0, 4).join(':');
  const last = tail.split(':').filter(Boolean);
  const zeros = Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => '0');
  return [...first, ...zeros, ...last].slice(0, 4).join(':');
}
