import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadRules } from '../formats';
import { openReasons } from '../reasons';
import { openStore, type Store } from '../store';
import { fill } from '../store/migrations';
import { changeUsers } from '../users';
import { randomEvents, USERS, type TestEvent } from './recount.testkit';

/** An embedded store of its own folder. */
export interface TestStore {
  readonly store: Store;
  readonly directory: string;
  close(): Promise<void>;
}

/** Opens a store that is empty. */
export async function openTestStore(): Promise<TestStore> {
  const directory = mkdtempSync(join(tmpdir(), 'watchtower-model-'));
  const store = await openStore({ dataDir: directory });
  const close = async () => {
    await store.close();
    rmSync(directory, { recursive: true, force: true });
  };
  return { store, directory, close };
}

/**
 * Fills a store with random events and corrects a fifth of them: some are taken back, others replaced by another
 * version. Gives the events that stand.
 */
export async function fillWithCorrections(
  store: Store,
  count: number,
  from: number,
  to: number,
  random: () => number,
): Promise<TestEvent[]> {
  const first = randomEvents(count, from, to, random);
  const corrections: (TestEvent & { sign: number })[] = [];
  const current = first.flatMap((event) => {
    const chance = random();
    if (chance > 0.2) return [event];
    corrections.push({ ...event, sign: -1 });
    if (chance < 0.05) return [];
    const [other] = randomEvents(1, from, to, random);
    const latency = event.record === 'd' ? 77 : -1;
    const richer = { ...event, vmta: other?.vmta ?? '', latency, job: 'J-9', ver: 2 };
    corrections.push({ ...richer, sign: 1 });
    return [richer];
  });
  for (const signed of [first.map((event) => ({ ...event, sign: 1 })), corrections])
    for (let at = 0; at < signed.length; at += 200) await store.append('events', signed.slice(at, at + 200));
  await settleOpenEvents(store);
  return current;
}

/** Tells a store which events are open, as the commits would have that bring the events it holds. */
export async function settleOpenEvents(store: Store): Promise<void> {
  await store.write('TRUNCATE TABLE watchtower.open_events');
  await fill(store, 'open_events');
}

/** Lets a store know the classes of reasons and the users of jobs that `valueIn` tells. */
export async function teachLookUps(store: Store): Promise<void> {
  await openReasons(store, loadRules());
  await changeUsers(
    store,
    Object.entries(USERS).map(([job, user]) => ({ job, user })),
  );
}
