import { BusyError, Turns, type Asker } from './turns';

const LIMITS = { running: 2, beside: 1, waiting: 6, waitingPerOwner: 4 };

/** Asks for turns and notes the order in which they are had; each ends when the test says so. */
function course(turns: Turns) {
  const order: string[] = [];
  const ends = new Map<string, () => void>();
  const ask = (name: string, asker: Asker, signal?: AbortSignal): Promise<void> =>
    turns.take(asker, signal).then((end) => {
      order.push(name);
      ends.set(name, end);
    });
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await settle();
  };
  return { order, ask, end };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

it('no more run at once than may, and the rest in the order they came', async () => {
  const turns = new Turns(LIMITS);
  const { order, ask, end } = course(turns);
  for (const name of ['1', '2', '3', '4']) void ask(name, { owner: 'ann' });
  await settle();
  expect(order).toEqual(['1', '2']);
  expect(turns.figures).toEqual({ running: 2, waiting: 2, refused: 0 });
  await end('2');
  expect(order).toEqual(['1', '2', '3']);
  await end('2');
  expect(turns.figures).toEqual({ running: 2, waiting: 1, refused: 0 });
});

it("one person's many panels do not keep another's one waiting, and alert rules come first", async () => {
  const { order, ask, end } = course(new Turns({ ...LIMITS, running: 1 }));
  for (const name of ['a1', 'a2', 'a3']) void ask(name, { owner: 'ann' });
  void ask('b1', { owner: 'bob' });
  void ask('c1', { owner: 'cyd' });
  void ask('rule', { owner: 'grafana', urgent: true });
  await settle();
  for (const name of ['a1', 'rule', 'a2', 'b1', 'c1']) await end(name);
  expect(order).toEqual(['a1', 'rule', 'a2', 'b1', 'c1', 'a3']);
});

it('beside a load fewer run, and all again when it is over', async () => {
  const turns = new Turns(LIMITS);
  const { order, ask, end } = course(turns);
  const loaded = [turns.load(), turns.load()];
  for (const name of ['1', '2', '3']) void ask(name, { owner: 'ann' });
  await settle();
  expect(order).toEqual(['1']);
  await end('1');
  expect(order).toEqual(['1', '2']);
  loaded[0]?.();
  loaded[0]?.();
  await settle();
  expect([turns.loading, order.length]).toEqual([true, 2]);
  loaded[1]?.();
  await settle();
  expect([turns.loading, order]).toEqual([false, ['1', '2', '3']]);
});

it('refuses what is too much of one owner, and too much of all', async () => {
  const turns = new Turns(LIMITS);
  const { ask } = course(turns);
  for (let i = 0; i < 6; i++) void ask('ann', { owner: 'ann' });
  await expect(turns.take({ owner: 'ann' })).rejects.toThrow(BusyError);
  for (let i = 0; i < 2; i++) void ask('bob', { owner: 'bob' });
  await expect(turns.take({ owner: 'cyd' })).rejects.toThrow(BusyError);
  expect(turns.figures).toEqual({ running: 2, waiting: 6, refused: 2 });
});

it('one that leaves while it waits gives its place up', async () => {
  const turns = new Turns({ ...LIMITS, running: 1 });
  const { order, ask, end } = course(turns);
  void ask('1', { owner: 'ann' });
  const left = new AbortController();
  const waiting = ask('2', { owner: 'ann' }, left.signal);
  void ask('3', { owner: 'ann' });
  left.abort(new Error('gone'));
  await expect(waiting).rejects.toThrow('gone');
  await end('1');
  expect(order).toEqual(['1', '3']);
  await end('3');
  expect(turns.figures).toEqual({ running: 0, waiting: 0, refused: 0 });
  await expect(turns.take({ owner: 'ann' }, left.signal)).rejects.toThrow('gone');
});
