import type { FileRecord } from '.';
import type { Room } from './ingest.testkit';
import { doubledLines, driftOfRollups } from './recount.testkit';

/** Expects that nothing is half done: no chunk in the spool, no commit open, no trouble with the store. */
export async function expectAtRest(room: Room): Promise<void> {
  expect(room.ingest.trouble).toBe('');
  expect(room.spooled()).toEqual([]);
  expect((await room.commits()).open).toBe(0);
}

/** Expects, whatever was done in the room, that the rollups say what the events say and no line stands twice; closes it. */
export async function closeSound(room: Room): Promise<void> {
  expect(await driftOfRollups(room.store)).toEqual([]);
  expect(await doubledLines(room.store)).toEqual([]);
  await room.close();
}

/** rows = events + duplicates + errors: what the files page shows must add up. */
export function addsUp({ rows, events, duplicates, errors }: FileRecord): boolean {
  return rows === events + duplicates + errors;
}
