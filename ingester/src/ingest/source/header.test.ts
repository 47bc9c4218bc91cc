import * as fc from 'fast-check';
import { takeHeader } from './index';

async function* stream(...buffers: (Buffer | string)[]): AsyncGenerator<Buffer> {
  for (const buffer of buffers) yield await Promise.resolve(Buffer.from(buffer));
}

async function text(buffers: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = [];
  for await (const buffer of buffers) all.push(buffer);
  return Buffer.concat(all).toString();
}

describe('takeHeader', () => {
  it('understands byte order mark, CRLF, quotes and blank lines, however the bytes arrive', async () => {
    const log = Buffer.from('\uFEFF\r\ntype,"time, logged",o""x\r\nd,1,2\r\n');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 9 }), async (size) => {
        const buffers = Array.from({ length: Math.ceil(log.length / size) }, (_, i) =>
          log.subarray(i * size, (i + 1) * size),
        );
        const header = await takeHeader(stream(...buffers));
        expect(header.fields).toEqual(['type', 'time, logged', 'o""x']);
        expect(header.headerLines).toBe(2);
        expect(log.subarray(header.headerBytes).toString()).toBe('d,1,2\r\n');
        expect(await text(header.rest)).toBe('d,1,2\r\n');
      }),
    );
  });

  it('takes a header without a newline', async () => {
    const header = await takeHeader(stream('type,timeLogged'));
    expect(header).toMatchObject({ fields: ['type', 'timeLogged'], headerBytes: 15, headerLines: 1 });
    expect(await text(header.rest)).toBe('');
  });

  it.each([
    ['empty', ''],
    ['empty', '\n\r\n'],
    ['encoding', Buffer.from('\uFEFFtype,a\n', 'utf16le')],
    ['encoding', Buffer.from('type,a\nd,b\n', 'utf16le')],
    ['encoding', Buffer.from('type,a\nd,b\n', 'utf16le').swap16()],
    ['corrupt', 'type,"timeLogged\nd,1\n'],
    ['corrupt', 'x'.repeat(1100000)],
    ['corrupt', 'type,a\rd,1\rd,2\r'],
  ])('refuses as %s: %j', async (code, input) => {
    await expect(takeHeader(stream(input as Buffer))).rejects.toMatchObject({ name: 'LogFileError', code });
  });

  it('closes the source when the rest is not wanted', async () => {
    const source = stream('a,b\n1,2\n', '3,4\n');
    const header = await takeHeader(source);
    await header.rest.return();
    expect(await source.next()).toEqual({ done: true, value: undefined });
  });
});
