import { openTestStore, type TestStore } from '../model/store.testkit';
import { changeUsers, followHeader, listUsers, parseUsers, UsersError } from '.';

let opened: TestStore;

beforeEach(async () => {
  opened = await openTestStore();
});
afterEach(() => opened.close());

const AT = 1_700_000_000;
const event = (line: number, job: string, user: string, sign = 1) => ({
  time: AT + line * 4000,
  record: 'd',
  job,
  headers: user === '' ? {} : { 'x-user': user },
  line,
  sign,
});

const users = async () =>
  (await listUsers(opened.store, { limit: 100 })).users.map(
    ({ job, user, source }) => `${job} ${user} ${source}`,
  );

it('keeps what was said last; an empty user and a replaced list take entries back', async () => {
  const { store } = opened;
  const change = (list: string, replace = false) =>
    changeUsers(
      store,
      list.split(' ').map((entry) => {
        const [job = '', user = ''] = entry.split('=');
        return { job, user };
      }),
      replace,
    );
  expect(await change('J-1=ann J-2=bob J-1=cid')).toEqual({ changed: 2, removed: 0 });
  expect(await change('J-1=dan')).toEqual({ changed: 1, removed: 0 });
  expect(await change('J-1=dan J-9=')).toEqual({ changed: 0, removed: 0 });
  expect(await users()).toEqual(['J-1 dan mapping', 'J-2 bob mapping']);
  await change('J-2=');
  expect(await users()).toEqual(['J-1 dan mapping']);
  expect(await change('J-3=eve', true)).toEqual({ changed: 1, removed: 1 });
  expect(await users()).toEqual(['J-3 eve mapping']);
});

it('lists by pages', async () => {
  await changeUsers(
    opened.store,
    ['a', 'b', 'c'].map((job) => ({ job, user: 'u' })),
  );
  const first = await listUsers(opened.store, { limit: 2 });
  expect(first).toMatchObject({ users: [{ job: 'a' }, { job: 'b' }], next: 'b' });
  expect(await listUsers(opened.store, { limit: 2, cursor: 'b' })).toMatchObject({
    users: [{ job: 'c' }],
    next: null,
  });
});

it('learns from a header: most events win, in any order of arrival, and rows taken back count no more', async () => {
  const { store } = opened;
  const rows = [
    event(1, 'J-1', 'ann'),
    event(2, 'J-1', 'bob'),
    event(3, 'J-1', 'bob'),
    event(4, 'J-2', ''),
    event(5, '', 'ann'),
  ];
  await store.append('events', [rows[2], rows[3]] as object[]);
  await followHeader(store, 'x-user');
  await store.append('events', [rows[0], rows[4], rows[1]] as object[]);
  expect(await users()).toEqual(['J-1 bob header']);
  // Of equal numbers the last by alphabet; then only ann is left.
  await store.append('events', [event(3, 'J-1', 'bob', -1)]);
  expect(await users()).toEqual(['J-1 bob header']);
  await store.append('events', [event(2, 'J-1', 'bob', -1)]);
  expect(await users()).toEqual(['J-1 ann header']);
  await changeUsers(store, [{ job: 'J-1', user: 'zoe' }]);
  expect(await users()).toEqual(['J-1 zoe mapping']);
  await changeUsers(store, [{ job: 'J-1', user: '' }]);
  expect(await users()).toEqual(['J-1 ann header']);
});

it('begins anew with another header, stays as it is with the same, and forgets without one', async () => {
  const { store } = opened;
  await store.append('events', [
    { ...event(1, 'J-1', 'ann'), headers: { 'x-user': 'ann', 'x-owner': 'olga' } },
  ]);
  await followHeader(store, 'x-user');
  await followHeader(store, 'x-user');
  expect(await store.read('SELECT sum(events) AS n FROM watchtower.header_users')).toEqual([{ n: 1 }]);
  await followHeader(store, 'x-owner');
  expect(await users()).toEqual(['J-1 olga header']);
  await followHeader(store, undefined);
  expect(await users()).toEqual([]);
});

describe('a list as CSV', () => {
  it('is read by its header, with a BOM, other columns and quoted cells', () => {
    expect(parseUsers('\ufeffUser,note,JOB\r\n"O\'Hara, Ann",x,J-1\r\n\r\n,,J-2\r\n')).toEqual([
      { job: 'J-1', user: "O'Hara, Ann" },
      { job: 'J-2', user: '' },
    ]);
  });

  it.each([
    ['', [[1, 'the header job,user is missing']]],
    ['job,name\nJ-1,ann\n', [[1, 'the header has no column user; it must be job,user']]],
    [
      'job,user\nJ-1,ann\n,bob\nJ-3\n',
      [
        [3, 'the job is empty'],
        [4, 'has 1 cells, the header 2'],
      ],
    ],
    [`job,user\nJ-1,${'x'.repeat(201)}\n`, [[2, 'the user has more than 200 characters']]],
    ['job,user\nJ-1,a\u0001b\n', [[2, 'the user holds a control character']]],
    ['job,user\nJ-1,"ann\n', [[2, 'is no CSV']]],
  ])('is refused whole with every wrong line named: %j', (text, expected) => {
    let caught: unknown;
    try {
      parseUsers(text);
    } catch (error) {
      caught = error;
    }
    expect(caught).toBeInstanceOf(UsersError);
    expect((caught as UsersError).errors).toEqual(
      expected.map(([line, message]) => ({
        line,
        message: expect.stringContaining(String(message)) as string,
      })),
    );
  });
});
