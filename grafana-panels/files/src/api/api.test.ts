import { logFile } from '../testing';
import { fileOf, refusal } from './answers';
import { rightsOf } from './rights';
import { UploadQueue, type Send } from './uploads';

/** Sends that are answered when the test says so. */
function sends() {
  const begun: Array<{
    name: string;
    progress: (bytes: number) => void;
    resolve: () => void;
    reject: (text: string) => void;
  }> = [];
  const send: Send = (file, progress, signal) =>
    new Promise((resolve, reject) => {
      signal.addEventListener('abort', () => reject(new Error('stopped')));
      const settled = {
        resolve: () => resolve([logFile({ id: file.name })]),
        reject: (text: string) => reject(new Error(text)),
      };
      begun.push({ name: file.name, progress, ...settled });
    });
  return { begun, send };
}

const file = (name: string, size = 10) => new File(['x'.repeat(size)], name);
const settled = () => new Promise((resolve) => setTimeout(resolve));
const states = (queue: UploadQueue) => queue.snapshot().uploads.map(({ name, state }) => `${name} ${state}`);

describe('uploads', () => {
  // Several at once would share one line, and the first would be in no sooner than the last.
  test('files go one after the other; progress is in bytes; what arrived is remembered', async () => {
    const { begun, send } = sends();
    const done = jest.fn();
    const queue = new UploadQueue(send, done);
    queue.add([file('a'), file('b')]);
    expect(states(queue)).toEqual(['a sending', 'b waiting']);
    begun[0]?.progress(4);
    expect(queue.snapshot().uploads[0]).toMatchObject({ sent: 4, bytes: 10 });
    begun[0]?.resolve();
    await settled();
    expect(states(queue)).toEqual(['b sending']);
    expect(done).not.toHaveBeenCalled();
    begun[1]?.resolve();
    await settled();
    expect(queue.snapshot()).toMatchObject({ uploads: [], arrived: [{ id: 'b' }, { id: 'a' }] });
    expect(done.mock.calls).toEqual([[2, 0]]);
  });

  test('one that fails says why, costs no other, and can be sent again', async () => {
    const { begun, send } = sends();
    const done = jest.fn();
    const queue = new UploadQueue(send, done);
    queue.add([file('a'), file('b')]);
    begun[0]?.reject('the disk is full');
    await settled();
    begun[1]?.resolve();
    await settled();
    expect(queue.snapshot().uploads).toMatchObject([{ name: 'a', state: 'failed', message: 'the disk is full' }]);
    expect(done.mock.calls).toEqual([[1, 1]]);
    queue.again(queue.snapshot().uploads[0]?.id ?? 0);
    begun[2]?.resolve();
    await settled();
    expect(queue.snapshot().arrived.map(({ id }) => id)).toEqual(['a', 'b']);
    // One that was deleted would stand in the list again as soon as its panel is looked at anew.
    queue.forget('a');
    expect(queue.snapshot().arrived.map(({ id }) => id)).toEqual(['b']);
  });

  test('one that is stopped is gone without a word, and the next goes on', async () => {
    const { send } = sends();
    const done = jest.fn();
    const queue = new UploadQueue(send, done);
    queue.add([file('a'), file('b'), file('c')]);
    const [a, b] = queue.snapshot().uploads;
    queue.drop(b?.id ?? 0);
    queue.drop(a?.id ?? 0);
    await settled();
    expect(states(queue)).toEqual(['c sending']);
    expect(done).not.toHaveBeenCalled();
  });
});

test('rights are those that the routes and resources of the datasource ask for', () => {
  expect(rightsOf('Viewer')).toEqual({ upload: false, retry: false, remove: false });
  expect(rightsOf('')).toEqual({ upload: false, retry: false, remove: false });
  expect(rightsOf('Editor')).toEqual({ upload: true, retry: true, remove: false });
  expect(rightsOf('Admin')).toEqual({ upload: true, retry: true, remove: true });
});

test('a refusal says what the API or Grafana said, else what happened', () => {
  expect(refusal(409, { error: { message: 'file 7 is loading' }, message: 'other' })).toBe('file 7 is loading');
  expect(refusal(403, { message: 'Access denied' })).toBe('Access denied');
  expect(refusal(502, undefined)).toBe('Grafana answered 502');
  expect(refusal(0, undefined)).toBe('The connection broke off');
});

test('times of a record are instants, and progress stands beside its size', () => {
  const times = {
    queuedAt: '2026-09-15T12:00:00.000Z',
    startedAt: null,
    finishedAt: null,
    firstEvent: null,
    lastEvent: null,
  };
  const record = { ...logFile(), ...times, sha256: '', bytes: 9, rows: 1, events: 1, duplicates: 0, errors: 0 };
  const progress = { bytes: 4, rows: 1 };
  expect(fileOf({ ...record, status: 'loading', progress })).toMatchObject({
    bytesRead: 4,
    bytes: 9,
    queuedAt: Date.UTC(2026, 8, 15, 12),
    startedAt: null,
  });
});
