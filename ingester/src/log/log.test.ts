import { PassThrough } from 'node:stream';
import { openLog } from '.';

/** What a log writes. */
const written = (isTTY: boolean, write: (log: ReturnType<typeof openLog>) => void): string => {
  const stream = Object.assign(new PassThrough(), { isTTY });
  write(openLog(stream));
  return String(stream.read() ?? '');
};

/** Text that would forge a line, colour a terminal, and turn what follows around. */
const HOSTILE = 'x\r\n{"level":"error"}\u2028\u001b[31m\u009b2J\u202eevil \ud800';

it('writes one JSON object a line, with level, time and fields', () => {
  const text = written(false, (log) => log.info({ route: '/x', status: 200 }, 'request'));
  expect(text.split('\n')).toHaveLength(2);
  expect(JSON.parse(text)).toEqual({
    level: 'info',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/) as string,
    route: '/x',
    status: 200,
    msg: 'request',
  });
});

it.each([true, false])(
  'what strangers write forges no line and steers no terminal (terminal: %s)',
  (isTTY) => {
    const text = written(isTTY, (log) => {
      log.warn({ name: HOSTILE, [HOSTILE]: 1, deep: { list: [HOSTILE] }, err: new Error(HOSTILE) }, HOSTILE);
      log.warn(HOSTILE);
    });
    // eslint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202e]|\p{Surrogate}/u);
    const forged = text.split('\n').filter((line) => line.startsWith('{"level":"error"'));
    expect(forged).toEqual([]);
    if (!isTTY)
      for (const line of text.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level', 'warn');
  },
);

it('hides recipients wherever they stand, and cuts what is long', () => {
  const text = written(false, (log) =>
    log.error(
      { err: new Error('cannot parse ann@example.org'), to: ['bob@example.org'], long: 'x'.repeat(9000) },
      'no',
    ),
  );
  expect(text).not.toMatch(/ann@|bob@/);
  expect(text).toContain('a***@example.org');
  expect(text.length).toBeLessThan(6000);
});

it('to a terminal writes lines for people', () => {
  expect(written(true, (log) => log.info({ status: 200 }, 'request'))).toMatch(
    /INFO.*request\n +status: 200\n/,
  );
});
