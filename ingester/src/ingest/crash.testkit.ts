import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FileRecord, Step } from '.';

/** What a child does, and where it ends itself. */
export interface CrashPlan {
  dataDir: string;
  /** Paths of files; those of a wave are loaded side by side, the waves one after the other. */
  waves: string[][];
  /** Names of files to delete afterwards, and to load again. */
  deletions: string[];
  retries: string[];
  /**
   * At the `n`-th time of a step, or so many milliseconds after it; without a step: after the start. `losing`: the newest
   * part of this table goes first, as if the process had ended between the note of the insert's token and the part.
   */
  kill?: { step?: Step; n?: number; afterMs?: number; losing?: string | undefined } | undefined;
  /** Merge all events before anything else is done, as the engine might. */
  merging?: boolean | undefined;
  /** Written just before the child ends itself. */
  marker: string;
  report: string;
}

/** What stands in the store when a child has done its work. */
export interface CrashReport {
  /** How many rows of events went away when they were merged before anything was done. */
  merged: number;
  events: string[];
  drift: unknown[];
  doubled: unknown[];
  openCommits: number;
  files: Pick<FileRecord, 'name' | 'status' | 'rows' | 'events' | 'duplicates' | 'errors'>[];
}

/** How a child ended. */
export interface Ending {
  signal: string | null;
  code: number | null;
  /** Where it ended itself; undefined where it did not. */
  at: string | undefined;
  report: CrashReport | undefined;
  stderr: string;
  spooled: string[];
}

/** A data directory that children work on one after the other. */
export class CrashSite {
  constructor(
    private readonly work: Pick<CrashPlan, 'waves' | 'deletions' | 'retries'>,
    private readonly dir = mkdtempSync(join(tmpdir(), 'watchtower-crash-')),
  ) {}

  /** The same data directory with more to do. */
  with(more: Partial<Pick<CrashPlan, 'deletions' | 'retries'>>): CrashSite {
    return new CrashSite({ ...this.work, ...more }, this.dir);
  }

  /** Runs a child to its end. */
  async run(kill?: CrashPlan['kill'], { merging }: Pick<CrashPlan, 'merging'> = {}): Promise<Ending> {
    const plan: CrashPlan = {
      ...this.work,
      dataDir: join(this.dir, 'data'),
      kill,
      merging,
      marker: join(this.dir, 'marker'),
      report: join(this.dir, 'report.json'),
    };
    for (const path of [plan.marker, plan.report]) rmSync(path, { force: true });
    const script = join(__dirname, 'crash.child.testkit.ts');
    const child = spawn(
      process.execPath,
      ['-r', join(__dirname, 'typescript.testkit.cjs'), script, JSON.stringify(plan)],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let stderr = '';
    child.stderr.on('data', (text) => (stderr += String(text)));
    const { signal, code } = await new Promise<Pick<Ending, 'signal' | 'code'>>((resolve) =>
      child.on('close', (code, signal) => resolve({ code, signal })),
    );
    const spool = join(plan.dataDir, 'spool');
    return {
      signal,
      code,
      stderr,
      at: existsSync(plan.marker) ? readFileSync(plan.marker, 'utf8') : undefined,
      report: existsSync(plan.report)
        ? (JSON.parse(readFileSync(plan.report, 'utf8')) as CrashReport)
        : undefined,
      spooled: existsSync(spool) ? readdirSync(spool) : [],
    };
  }

  /** The same data in another folder. */
  copy(): CrashSite {
    const dir = mkdtempSync(join(tmpdir(), 'watchtower-crash-'));
    cpSync(this.dir, dir, { recursive: true });
    return new CrashSite(this.work, dir);
  }

  clear(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
