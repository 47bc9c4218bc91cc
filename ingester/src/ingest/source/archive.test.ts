import { execFileSync } from 'node:child_process';
import {
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { gzipSync } from 'node:zlib';
import { ZipFile } from 'yazl';
import { crc32, tableCrc32 } from './crc32';
import { openLog } from './index';
import type { LogFileError } from './index';

const LOG = 'type,a\n' + 'd,1\n'.repeat(50_000);
const MAX = { maxBytes: 10e6 };
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'source-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function file(name: string, content: Buffer | string): string {
  writeFileSync(join(dir, name), content);
  return join(dir, name);
}

async function zip(name: string, fill: (zip: ZipFile) => void): Promise<string> {
  const archive = new ZipFile();
  fill(archive);
  archive.end();
  await pipeline(archive.outputStream, createWriteStream(join(dir, name)));
  return join(dir, name);
}

async function text(bytes: AsyncIterable<Buffer>): Promise<string> {
  const all: Buffer[] = [];
  for await (const buffer of bytes) {
    expect(buffer.length).toBeLessThanOrEqual(1024 * 1024);
    all.push(buffer);
  }
  return Buffer.concat(all).toString();
}

/** Reads everything; a member's failure stands in place of its text. */
async function readAll(path: string, limits = MAX): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const member of openLog(path, limits)) {
    found[member.name] = await text(member.bytes()).catch(
      (error: LogFileError) => `!${error.code}: ${error.message}`,
    );
  }
  return found;
}

/** Overwrites bytes behind every occurrence of a signature. */
function patched(content: Buffer, signature: number, offset: number, change: (at: Buffer) => void): Buffer {
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(signature);
  for (let at = content.indexOf(mark); at >= 0; at = content.indexOf(mark, at + 4))
    change(content.subarray(at + offset));
  return content;
}
const CENTRAL = 0x02014b50;

describe('openLog', () => {
  it.each([
    ['plain.csv', Buffer.from(LOG)],
    ['packed.csv.gz', gzipSync(LOG)],
    ['wrongly-named.csv', gzipSync(LOG)],
    ['concatenated.gz', Buffer.concat([gzipSync(LOG.slice(0, 1000)), gzipSync(LOG.slice(1000))])],
  ])('reads %s, from the start and from an offset', async (name, content) => {
    const path = file(name, content);
    for await (const member of openLog(path, MAX)) {
      expect(member.name).toBe(name);
      expect(await text(member.bytes())).toBe(LOG);
      expect(await text(member.bytes(150_001))).toBe(LOG.slice(150_001));
    }
  });

  it('reads the .csv entries of a zip and leaves other files alone', async () => {
    const path = await zip('several.zip', (z) => {
      z.addBuffer(Buffer.from(LOG), 'logs/acct.csv');
      z.addBuffer(Buffer.from('type\n'), 'stored.CSV', { compress: false });
      z.addBuffer(Buffer.from('hello'), 'readme.txt');
      z.addBuffer(Buffer.from('x'), '__MACOSX/logs/._acct.csv');
      z.addEmptyDirectory('empty.csv/');
    });
    expect(await readAll(path)).toEqual({ 'logs/acct.csv': LOG, 'stored.CSV': 'type\n' });
    for await (const member of openLog(path, MAX)) {
      if (member.name === 'logs/acct.csv') expect(await text(member.bytes(7))).toBe(LOG.slice(7));
    }
  });

  it('reads all entries where none is named .csv', async () => {
    const path = await zip('unnamed.zip', (z) => z.addBuffer(Buffer.from(LOG), 'acct.log'));
    expect(await readAll(path)).toEqual({ 'acct.log': LOG });
  });

  it('refuses links, archives and encrypted entries one by one, and still reads their neighbours', async () => {
    const path = await zip('mixed.zip', (z) => {
      z.addBuffer(Buffer.from('/etc/passwd'), 'link.csv', { mode: 0o120777 });
      z.addBuffer(gzipSync(LOG), 'inner.csv.gz');
      z.addBuffer(Buffer.from(LOG), 'good.csv');
    });
    const found = await readAll(path);
    expect(found['link.csv']).toMatch(/^!unsafe_path: .*symbolic link/);
    expect(found['inner.csv.gz']).toMatch(/^!unsupported: .*archive within/);
    expect(found['good.csv']).toBe(LOG);

    const locked = await zip('locked.zip', (z) => z.addBuffer(Buffer.from(LOG), 'a.csv'));
    const content = patched(readFileSync(locked), CENTRAL, 8, (at) => at.writeUInt16LE(1));
    expect((await readAll(file('encrypted.zip', content)))['a.csv']).toMatch(/^!encrypted/);
  });

  it.each(['../evil.csv', '/etc/evil.csv', 'a\\..\\evil.csv', 'C:\\evil.csv'])(
    'refuses the path %j',
    async (evil) => {
      const path = await zip('harmless.zip', (z) => z.addBuffer(Buffer.from(LOG), 'x'.repeat(evil.length)));
      const content = Buffer.from(
        readFileSync(path).toString('latin1').replaceAll('x'.repeat(evil.length), evil),
        'latin1',
      );
      expect((await readAll(file('evil.zip', content)))[evil]).toMatch(/^!unsafe_path/);
    },
  );

  it('counts real bytes where a zip declares fewer or more than it holds', async () => {
    const bomb = await zip('bomb.zip', (z) => z.addBuffer(Buffer.alloc(50e6, 'd,1\n'), 'a.csv'));
    expect((await readAll(bomb, { maxBytes: 60e6 }))['a.csv']).toHaveLength(50e6);
    await expect(readAll(bomb)).rejects.toMatchObject({ code: 'too_large' });
    for (const lie of [1000, 50e6 + 1]) {
      const lying = patched(readFileSync(bomb), CENTRAL, 24, (at) => at.writeUInt32LE(lie));
      const found = await readAll(file('lying.zip', lying), { maxBytes: 60e6 });
      expect(found['a.csv']).toMatch(/^!corrupt: .*archive declares/);
    }
  });

  it('stops a gz that inflates beyond the limit', async () => {
    const found = await readAll(file('bomb.csv.gz', gzipSync(Buffer.alloc(50e6))));
    expect(found['bomb.csv.gz']).toBe('!too_large: the log is larger than the limit of 10 MB');
  });

  it('calls cut or damaged archives corrupt', async () => {
    const gz = gzipSync(LOG);
    const flipped = Buffer.from(gz);
    flipped[gz.length - 6] = (flipped[gz.length - 6] as number) ^ 0xff;
    expect((await readAll(file('cut.gz', gz.subarray(0, gz.length - 20))))['cut.gz']).toMatch(/^!corrupt/);
    expect((await readAll(file('flipped.gz', flipped)))['flipped.gz']).toMatch(/^!corrupt/);

    const path = await zip('whole.zip', (z) => z.addBuffer(Buffer.from(LOG), 'a.csv', { compress: false }));
    const whole = readFileSync(path);
    await expect(readAll(file('cut.zip', whole.subarray(0, 5000)))).rejects.toMatchObject({
      code: 'corrupt',
    });
    whole[500] = 0x21;
    expect((await readAll(file('flipped.zip', whole)))['a.csv']).toMatch(/^!corrupt: .*checksum/);
  });

  it.each([
    ['empty', ''],
    ['unsupported', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 1, 2, 3])],
    ['too_large', Buffer.alloc(11e6, 'x')],
  ])('refuses a file as %s', async (code, content) => {
    await expect(readAll(file('refused.csv', content))).rejects.toMatchObject({ code });
  });

  it('refuses pipes, sockets, links, directories and missing files without opening them', async () => {
    const at = (name: string): string => join(dir, name);
    execFileSync('mkfifo', [at('pipe.csv')]);
    symlinkSync('/etc/passwd', at('link.csv'));
    mkdirSync(at('directory.csv'));
    const server = createServer().listen(at('socket.csv'));
    await new Promise((resolve) => server.once('listening', resolve));
    for (const name of ['pipe.csv', 'link.csv', 'directory.csv', 'socket.csv']) {
      await expect(readAll(at(name))).rejects.toMatchObject({ code: 'not_a_file' });
    }
    await new Promise((resolve) => server.close(resolve));
    await expect(readAll(at('missing.csv'))).rejects.toMatchObject({ code: 'unreadable' });
  });

  it('leaves no file open, whether a member is read to its end or not', async () => {
    const paths = [
      await zip('leak.zip', (z) => z.addBuffer(Buffer.from(LOG.repeat(10)), 'a.csv')),
      file('leak.csv', LOG.repeat(10)),
      file('leak.gz', gzipSync(LOG.repeat(10))),
    ];
    for (const path of paths) {
      for await (const member of openLog(path, MAX)) {
        const bytes = member.bytes()[Symbol.asyncIterator]();
        await bytes.next();
        await bytes.return?.();
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
    const open = readdirSync('/proc/self/fd').map((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`);
      } catch {
        return '';
      }
    });
    expect(open.filter((path) => path.includes('leak'))).toEqual([]);
  });
});

describe('tableCrc32', () => {
  it('agrees with the one in zlib', () => {
    const halves = [Buffer.from(LOG.slice(0, 999)), Buffer.from(LOG.slice(999))];
    const over = (crc: typeof crc32): number => halves.reduce((sum, half) => crc(half, sum), 0);
    expect(tableCrc32(Buffer.from('123456789'))).toBe(0xcbf43926);
    expect(over(tableCrc32)).toBe(over(crc32));
  });
});
