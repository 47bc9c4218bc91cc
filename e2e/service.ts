import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FileRecord } from '../ingester/src/ingest';
import type { Frame, QueryResponse } from '../ingester/src/model';
import type { Ask } from './truth';

const BIN = path.resolve(__dirname, '../ingester/bin/watchtower.cjs');

/** What one command printed and how it ended. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A folder of its own for drop and data, and the environment of a service on them. Nothing of this machine's settings comes in. */
export class Site {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'watchtower-e2e-'));
  readonly drop = path.join(this.folder, 'drop');
  readonly data = path.join(this.folder, 'data');

  constructor(private readonly settings: Record<string, string> = {}) {}

  env(): NodeJS.ProcessEnv {
    const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('WATCHTOWER_'));
    return {
      ...Object.fromEntries(inherited),
      WATCHTOWER_DROP_DIR: this.drop,
      WATCHTOWER_DATA_DIR: this.data,
      WATCHTOWER_PORT: '0',
      ...this.settings,
    };
  }

  /** Runs one command to its end. */
  run(args: readonly string[], input = ''): Promise<Ended> {
    const child = spawn(process.execPath, [BIN, ...args], { env: this.env(), cwd: this.folder });
    child.stdin.end(input);
    return ended(child);
  }

  /** Starts the service and resolves when it answers. */
  async serve(): Promise<Service> {
    const child = spawn(process.execPath, [BIN, 'serve'], { env: this.env(), cwd: this.folder });
    child.stdin.end();
    const end = ended(child);
    const url = await new Promise<string>((resolve, reject) => {
      let text = '';
      child.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        const match = /answers at (http:\S+)/.exec(text);
        if (match?.[1]) resolve(match[1]);
      });
      void end.then(({ code, stderr }) => reject(new Error(`the service ended with ${code}: ${stderr}`)));
    });
    return new Service(child, end, url, this.settings['WATCHTOWER_ADMIN_KEY']);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The API of the service that answers at `url`. */
export class Api {
  constructor(
    readonly url: string,
    /** Goes with every request; none where none is set. */
    private readonly key?: string,
  ) {}

  async get<T>(route: string, init?: RequestInit): Promise<T> {
    return (await (await this.open(route, init)).json()) as T;
  }

  /** A good answer, not read yet. */
  async open(route: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.key !== undefined && !headers.has('Authorization'))
      headers.set('Authorization', `Bearer ${this.key}`);
    const response = await fetch(new URL(route, this.url), { ...init, headers });
    if (!response.ok) throw new Error(`${route} answered ${response.status}: ${await response.text()}`);
    return response;
  }

  /** Asks one query and gives its frames; throws what the query answered where it failed. */
  readonly ask: Ask = async (query): Promise<readonly Frame[]> => {
    const asked = { refId: 'A', ...query };
    const body = JSON.stringify({ queries: [asked] });
    const { results } = await this.get<QueryResponse>('/api/query', { method: 'POST', body });
    const result = results[asked.refId];
    if (!result || 'error' in result) throw new Error(result?.error ?? 'no answer');
    return result.frames;
  };

  /** Uploads logs as one form; gives the queued files. */
  async upload(files: readonly string[], parameters = ''): Promise<FileRecord[]> {
    const form = new FormData();
    for (const file of files) form.append('files', new Blob([readFileSync(file)]), path.basename(file));
    const init = { method: 'POST', body: form };
    return (await this.get<{ files: FileRecord[] }>(`/api/files/upload${parameters}`, init)).files;
  }

  /** Waits until at least `count` files are known and none is queued or loading. */
  async settled(count: number): Promise<FileRecord[]> {
    for (let tries = 0; tries < 600; tries++) {
      const { files } = await this.get<{ files: FileRecord[] }>('/api/files?limit=1000');
      const busy = files.some(({ status }) => status === 'queued' || status === 'loading');
      if (files.length >= count && !busy) return files;
      await sleep(100);
    }
    throw new Error(`fewer than ${count} files were loaded within a minute`);
  }
}

/** A service that runs as a process of its own. */
export class Service extends Api {
  constructor(
    private readonly child: ChildProcess,
    private readonly end: Promise<Ended>,
    url: string,
    key?: string,
  ) {
    super(url, key);
  }

  /** Sends a signal and waits for the end. */
  stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL' = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.end;
  }
}

function ended(child: ChildProcess): Promise<Ended> {
  const text = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk: Buffer) => (text.stdout += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (text.stderr += chunk.toString()));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, ...text }));
  });
}
