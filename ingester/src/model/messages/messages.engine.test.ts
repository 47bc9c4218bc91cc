import fc from 'fast-check';
import { writeLogs } from '@pmta-watchtower/generator';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  csv,
  delivery,
  freshHour,
  openRoom,
  stamp,
  type Cells,
  type Room,
} from '../../ingest/ingest.testkit';
import { openStore, type Store } from '../../store';
import { findMessages, type MessagePage } from './messages';
import { messagesQuerySchema, wantedOutcomes } from './messagesQuery';
import type { MessageState } from './messageState';
import { passes, randomEvents, seeded, type TestEvent } from '../recount.testkit';
import type { Filter } from '../schema';

function page(store: Store, query: Record<string, unknown>): Promise<MessagePage> {
  return findMessages(store, messagesQuerySchema.parse({ refId: 'A', queryType: 'messages', ...query }));
}

/** Every page of a query, one after the other. */
async function allPages(store: Store, query: Record<string, unknown>): Promise<MessageState[]> {
  const found: MessageState[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const { messages, next } = await page(store, { ...query, ...(cursor && { cursor }) });
    found.push(...messages);
    cursor = next;
  }
  return found;
}

describe('against a recount', () => {
  const FROM = Date.UTC(2026, 2, 1) / 1000;
  const TO = FROM + 20 * 86_400;
  let directory: string;
  let store: Store;
  let current: TestEvent[];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'watchtower-messages-'));
    store = await openStore({ dataDir: directory });
    const random = seeded(3);
    const named = (event: TestEvent): TestEvent => {
      const message = Math.floor(random() * 700);
      const messageId = `id-${message}@host.example`;
      return { ...event, role: 0, message, messageId, rcpt: `User${message}@Example.org` };
    };
    const first = randomEvents(2000, FROM, TO, random).map(named);
    const withdrawn = first.filter(() => random() < 0.1);
    current = first.filter((event) => !withdrawn.includes(event));
    await store.append(
      'events',
      first.map((event) => ({ ...event, sign: 1 })),
    );
    await store.append(
      'events',
      withdrawn.map((event) => ({ ...event, sign: -1 })),
    );
  });

  afterAll(async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const isOwn = ({ record, message }: TestEvent) => ['r', 't', 'd', 'b'].includes(record) && message !== 0;

  /** The recipients of the messages that a query means, newest first. */
  function expected(from: number, to: number, filters: readonly Filter[]): [string, string][] {
    const outcomes: readonly string[] = wantedOutcomes(filters);
    const plain = filters.filter(({ dimension }) => dimension !== 'outcome');
    const lives = new Map<number, TestEvent[]>();
    for (const event of current.filter(isOwn))
      lives.set(event.message, [...(lives.get(event.message) ?? []), event]);
    return [...lives.values()]
      .flatMap((life) => {
        const final = life
          .filter(({ record }) => record === 'd' || record === 'b')
          .sort((a, b) => b.time - a.time || b.file - a.file || b.line - a.line)[0];
        const open = life.some(({ record }) => record === 't') ? 'deferred' : 'unresolved';
        const outcome = !final ? open : final.record === 'd' ? 'delivered' : final.bounceClass || 'soft';
        const times = life
          .filter((event) => event.time >= from && event.time < to)
          .filter((event) => plain.every((filter) => passes(event, filter)))
          .filter(({ record, bounceClass }) => {
            const kinds = { d: 'delivered', t: 'deferred', r: 'unresolved', b: bounceClass || 'soft' };
            return outcomes.length === 6 || outcomes.includes(kinds[record as 'd']);
          })
          .map(({ time }) => time);
        if (times.length === 0 || !outcomes.includes(outcome)) return [];
        const { rcpt = '', message = 0 } = life[0] ?? {};
        return [{ time: Math.max(...times), message, rcpt: rcpt.toLowerCase(), outcome }];
      })
      .sort((a, b) => b.time - a.time || b.message - a.message)
      .map(({ rcpt, outcome }) => [rcpt, outcome]);
  }

  const instant = fc.integer({ min: FROM, max: TO });
  const filters = fc.constantFrom<Filter[]>(
    [],
    [{ dimension: 'recipient', operator: 'startsWith', values: ['user1'] }],
    [{ dimension: 'recipient', operator: 'in', values: ['user12@example.org', 'user13@example.org'] }],
    [{ dimension: 'job', operator: '=', values: ['J-1'] }],
    [{ dimension: 'vmta', operator: '!=', values: ['vmta-1'] }],
    [{ dimension: 'outcome', operator: '=', values: ['hard'] }],
    [{ dimension: 'outcome', operator: 'in', values: ['unresolved'] }],
    [{ dimension: 'outcome', operator: 'notIn', values: ['delivered', 'soft'] }],
    [{ dimension: 'outcome', operator: '=', values: ['deferred'] }],
  );

  test('pages of any size hold every message once, newest first, with its final state', async () => {
    await fc.assert(
      fc.asyncProperty(
        instant,
        instant,
        filters,
        fc.integer({ min: 40, max: 300 }),
        async (one, other, conditions, limit) => {
          const [from, to] = [Math.min(one, other), Math.max(one, other)];
          const found = await allPages(store, {
            from: from * 1000,
            to: to * 1000,
            filters: conditions,
            limit,
          });
          expect(found.map(({ recipient, outcome }) => [recipient, outcome])).toEqual(
            expected(from, to, conditions),
          );
        },
      ),
      { numRuns: 15, seed: 9 },
    );
  }, 120_000);
});

describe('from logs', () => {
  let room: Room;

  beforeAll(async () => {
    room = await openRoom();
  });

  afterAll(() => room.close());

  test('the states of generated messages add up to their truth', async () => {
    const folder = join(room.dir, 'generated');
    mkdirSync(folder);
    const start = Date.UTC(2026, 8, 20) / 1000;
    const { truth, files } = await writeLogs(folder, { messages: 1500, seed: 'states', start });
    for (const { name } of files) await room.load(name, readFileSync(join(folder, name)));
    const found = await allPages(room.store, { from: 0, to: Date.UTC(2030, 0, 1), limit: 400 });
    const count = (outcome: string) => found.filter((message) => message.outcome === outcome).length;
    expect(new Set(found.map(({ messageId, recipient }) => messageId + recipient)).size).toBe(
      truth.messages.injected,
    );
    expect({
      injected: found.length,
      delivered: count('delivered'),
      hard: count('hard'),
      soft: count('soft') + count('block'),
      open: count('deferred') + count('unresolved'),
      complaints: found.reduce((sum, { complaints }) => sum + complaints, 0),
      attempts: found.reduce((sum, { attempts }) => sum + attempts, 0),
    }).toEqual({
      injected: truth.messages.injected,
      delivered: truth.messages.delivered,
      hard: truth.messages.hard,
      soft: truth.messages.soft,
      open: truth.in_queue_at_end,
      complaints: truth.messages.complaints,
      attempts:
        truth.messages.delivered +
        truth.messages.bounced +
        truth.messages.deferrals -
        found.filter(({ state }) => state === 'expired').length,
    });
  }, 120_000);

  test('a message tells its last answer, its attempts and what came after the delivery', async () => {
    const hour = freshHour();
    const ids = { rcpt: 'Support.Case@gmail.com', 'header_Message-Id': '<case@Sender.Example>' };
    const at = (seconds: number, more: Cells): Cells =>
      delivery(hour, 0, { ...ids, timeQueued: stamp(hour), timeLogged: stamp(hour + seconds), ...more });
    const deferred = { type: 't', dsnStatus: '4.2.2 (full)', dsnDiag: 'smtp;452 full', dlvSize: '' };
    await room.load('case-tran.csv', csv([at(5, deferred), at(605, deferred)]));
    const query = {
      from: hour * 1000,
      to: (hour + 600) * 1000,
      filters: [{ dimension: 'recipient', operator: '=', values: ['support.case@GMAIL.com'] }],
    };
    expect((await page(room.store, query)).messages).toMatchObject([
      { state: 'deferred', attempts: 2, smtpStatus: '4.2.2', diag: 'smtp;452 full', latency: null },
    ]);
    await room.load('case-acct.csv', csv([at(1205, {})]));
    await room.load(
      'case-fbl.csv',
      csv(
        [{ type: 'f', timeLogged: stamp(hour + 9000), rcpt: ids.rcpt, feedbackType: 'abuse' }],
        ['type', 'timeLogged', 'rcpt', 'feedbackType'],
      ),
    );
    expect((await page(room.store, query)).messages).toMatchObject([
      {
        state: 'delivered, complained',
        outcome: 'delivered',
        attempts: 3,
        latency: 1205,
        queued: hour,
        first: hour + 5,
        last: hour + 9000,
        recipient: 'support.case@gmail.com',
        messageId: 'case@sender.example',
        complaints: 1,
        vmta: 'vmta0',
      },
    ]);
  });

  test('an outcome that is none, a strange operator and a broken cursor are refused by name', () => {
    const refused = (query: object) => {
      const result = messagesQuerySchema.safeParse({ refId: 'A', queryType: 'messages', ...query });
      return result.error?.issues.map(({ message }) => message);
    };
    const outcome = (operator: string, value: string) => ({
      filters: [{ dimension: 'outcome', operator, values: [value] }],
    });
    expect(refused(outcome('=', 'lost'))).toEqual([
      'unknown outcome lost; one of delivered, hard, soft, block, deferred, unresolved',
    ]);
    expect(refused(outcome('contains', 'hard'))).toEqual(['outcome is compared by =, !=, in or notIn']);
    expect(refused({ cursor: "1' OR 1" })).toEqual(['not the cursor of a page of messages']);
  });
});
