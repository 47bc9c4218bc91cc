import { fork, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Call, Opened, Reply, Subject } from './protocol';

const SUBJECT = join(__dirname, '..', 'dist', 'subject.js');

/** A process under measurement: it answers one call at a time. */
export class MeasuredProcess {
  private constructor(
    private readonly child: ChildProcess,
    /** What its start took. */
    readonly opened: Opened,
  ) {}

  /** Starts a fresh process on a data directory, `watched` with detection. Rejects where it cannot be opened. */
  static async start(dataDir: string, watched = false): Promise<MeasuredProcess> {
    const child = fork(SUBJECT, [], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
      // As the service's own start script has it; the pool reads it before any module is loaded.
      env: { ...process.env, UV_THREADPOOL_SIZE: '24' },
    });
    try {
      return new MeasuredProcess(child, await ask(child, 'open', { dataDir, watched }));
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
  }

  /** Calls a method there. Rejects with what it threw, or when the process ends. */
  call<M extends keyof Subject>(
    method: M,
    argument: Parameters<Subject[M]>[0],
  ): Promise<Awaited<ReturnType<Subject[M]>>> {
    return ask(this.child, method, argument);
  }

  /** Closes the store and ends the process. */
  async end(): Promise<void> {
    const ended = new Promise<void>((resolve) => this.child.once('exit', () => resolve()));
    await this.call('close', {});
    this.child.disconnect();
    await ended;
  }

  /** Ends the process at once, if it still runs. */
  kill(): void {
    this.child.kill('SIGKILL');
  }
}

function ask<M extends keyof Subject>(
  child: ChildProcess,
  method: M,
  argument: Parameters<Subject[M]>[0],
): Promise<Awaited<ReturnType<Subject[M]>>> {
  return new Promise((resolve, reject) => {
    const onExit = (code: number | null) => {
      child.off('message', onReply);
      reject(new Error(`The measured process ended with ${code ?? 'a signal'} during ${method}`));
    };
    const onReply = (reply: Reply) => {
      child.off('exit', onExit);
      if ('error' in reply) reject(new Error(`${method}: ${reply.error}`));
      else resolve(reply.result as Awaited<ReturnType<Subject[M]>>);
    };
    child.once('exit', onExit);
    child.once('message', onReply);
    child.send({ method, argument: argument as never } satisfies Call);
  });
}

/** Runs `work` with a fresh process (`watched`: with detection) on a data directory; the process ends with it, whatever happens. */
export async function withProcess<T>(
  dataDir: string,
  work: (subject: MeasuredProcess) => Promise<T>,
  watched = false,
): Promise<T> {
  const subject = await MeasuredProcess.start(dataDir, watched);
  try {
    const result = await work(subject);
    await subject.end();
    return result;
  } finally {
    subject.kill();
  }
}

/** Runs `work` with a fresh process on a fresh store, and removes both afterwards. */
export async function withFreshStore<T>(
  folder: string,
  work: (subject: MeasuredProcess) => Promise<T>,
  watched = false,
): Promise<T> {
  const dataDir = await mkdtemp(join(folder, 'store-'));
  try {
    return await withProcess(dataDir, work, watched);
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}
