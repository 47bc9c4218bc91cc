import { FieldType, toDataFrame } from '@grafana/data';
import { filesFrame, logFile } from '../testing';
import { merged } from './merge';
import { readFiles } from './read';
import { mayDelete, mayRetry, moodOf } from './status';

describe('what frames say of files', () => {
  test('every column of the service is read, and what is not there is not known', () => {
    const read = readFiles([filesFrame([logFile(), { id: '2', name: 'b.csv', status: 'queued' }])]);
    expect(read).toMatchObject({
      skipped: 0,
      files: [logFile(), { id: '2', rows: null, firstEvent: null, message: '' }],
    });
  });

  // One bad row would else take the list away, or stand on it as something that cannot be deleted.
  test('rows without an id are counted, numbers that are none are not known', () => {
    const read = readFiles([filesFrame([{ name: 'x' }, logFile({ id: '3', rows: NaN })])]);
    expect(read).toMatchObject({ skipped: 1, files: [{ id: '3', rows: null }] });
  });

  test('what is missing is named', () => {
    const frame = toDataFrame({ fields: [{ name: 'name', type: FieldType.string, values: ['x'] }] });
    expect(readFiles([frame])).toEqual({ missing: ['id', 'status'] });
    expect(readFiles([frame, filesFrame([logFile()])])).toMatchObject({ files: [{ id: '1' }] });
  });
});

// What is being read is refused by the service: offering it would only make people wait for a refusal.
test('what can be done to a file depends on how it stands', () => {
  const all = ['queued', 'loading', 'following', 'loaded', 'loaded_with_errors', 'duplicate', 'rejected', 'failed'];
  expect(all.filter(mayDelete)).toEqual(['loaded', 'loaded_with_errors', 'duplicate', 'rejected', 'failed']);
  expect(all.filter(mayRetry)).toEqual(['loaded_with_errors', 'rejected', 'failed']);
});

// A status is text of the data: `constructor` once took the whole list away.
test('a status that nobody knows is plain, whatever it is called', () => {
  expect(['constructor', '__proto__', '', 'new'].map(moodOf)).toEqual(['plain', 'plain', 'plain', 'plain']);
});

test('what was heard since the query takes its place, new files stand on top, and those that are gone are left out', () => {
  const asked = ['3', '2', '1'].map((id) => logFile({ id, status: 'loading' }));
  const heard = [logFile({ id: '2' }), logFile({ id: '9', queuedAt: 5 }), logFile({ id: '10', queuedAt: 5 })];
  const files = merged(asked, new Map(heard.map((file) => [file.id, file])), new Set(['1']));
  expect(files.map(({ id, status }) => `${id} ${status}`)).toEqual(['10 loaded', '9 loaded', '3 loading', '2 loaded']);
});
