import { mkdirSync, readdirSync } from 'node:fs';
import { open, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChunkRef } from './ledger';
import { LogFileError } from './source';

const NO_SPACE = ['ENOSPC', 'EDQUOT', 'EFBIG'];

/**
 * Chunks of logs on disk, from the moment they are cut until they are committed: what was begun can be repeated after
 * a crash even where the log itself is gone.
 */
export class Spool {
  private readonly dir: string;

  constructor(dataDir: string) {
    this.dir = join(dataDir, 'spool');
    mkdirSync(this.dir, { recursive: true });
  }

  /** Where a chunk lies. */
  path({ file, generation, offset }: Pick<ChunkRef, 'file' | 'generation' | 'offset'>): string {
    return join(this.dir, `${file}-${generation}-${offset}.csv`);
  }

  /**
   * Writes a chunk; a half-written one from before a crash is replaced, and none is left where the disk is full.
   *
   * @throws LogFileError `no_space`, and whatever else the disk says
   */
  async write(chunk: ChunkRef, parts: readonly Buffer[]): Promise<void> {
    try {
      const handle = await open(this.path(chunk), 'w');
      try {
        for (const part of parts) await handle.writeFile(part);
      } finally {
        await handle.close();
      }
    } catch (error) {
      await this.drop(chunk);
      if (!NO_SPACE.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
      throw new LogFileError('no_space', 'the disk is full: make room and try again', { cause: error });
    }
  }

  /** Writes rows that were salvaged from a chunk beside it, over those before. */
  async writeBeside(chunk: ChunkRef, csv: Buffer): Promise<string> {
    const path = this.besidePath(chunk);
    await writeFile(path, csv);
    return path;
  }

  async dropBeside(chunk: ChunkRef): Promise<void> {
    await rm(this.besidePath(chunk), { force: true });
  }

  private besidePath(chunk: ChunkRef): string {
    return `${this.path(chunk)}.salvaged`;
  }

  read(chunk: ChunkRef): Promise<Buffer> {
    return readFile(this.path(chunk));
  }

  async drop(chunk: ChunkRef): Promise<void> {
    await rm(this.path(chunk), { force: true });
  }

  /** Removes what a crash left and nobody will ask for. */
  async clean(): Promise<void> {
    for (const name of readdirSync(this.dir)) await rm(join(this.dir, name), { force: true });
  }
}
