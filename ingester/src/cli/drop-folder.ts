import type { FileRecord, IngestService } from '../ingest';
import { DropFolder, type FolderFile, type LoadOutcome } from '../ingest/folder';
import type { Settings } from '../config';

/** Files of the folder that are handed over at a time: enough that many small ones share commits. */
const PARALLEL_LOADS = 200;

/** Watches the drop folder and hands what it finds to the ingest. */
export async function watchDropFolder(
  ingest: IngestService,
  { dropDir, afterLoad, doneDays }: Pick<Settings, 'dropDir' | 'afterLoad' | 'doneDays'>,
  log: (line: string) => void,
): Promise<DropFolder> {
  const folder = new DropFolder({
    folder: dropDir,
    afterLoad,
    doneDays,
    parallelLoads: PARALLEL_LOADS,
    load: (file) => load(ingest, file),
    follow: async (file, { finished }) => {
      await ingest.follower.follow({ ...file, ...inode(file) }, finished);
    },
    moved: (from, to) => ingest.relocate(from, to),
    irregular: ({ path }, reason) => log(`${path} is left alone: ${reason}`),
    problem: log,
  });
  await folder.start();
  return folder;
}

async function load(ingest: IngestService, file: FolderFile): Promise<LoadOutcome> {
  if (ingest.loadedFrom(file.path, { size: file.size, ...inode(file) })) return 'loaded';
  const submission = await ingest.submit(file.path, { origin: 'folder', node: file.node });
  return outcomeOf(await submission.done);
}

function inode({ dev, ino }: FolderFile): { dev: bigint; ino: bigint } {
  return { dev: BigInt(dev), ino: BigInt(ino) };
}

/** What became of a file, or of the members of an archive: it is refused with all of them, or loaded with any. */
function outcomeOf(records: readonly FileRecord[]): LoadOutcome {
  if (records.some(({ status }) => status === 'queued' || status === 'loading')) {
    throw new Error('the service stops before it is loaded');
  }
  const refused = records.filter(({ status }) => status === 'rejected' || status === 'failed');
  if (refused.length > 0 && refused.length === records.length) {
    return { refused: refused.map(({ name, message }) => `${name}: ${message}`).join('\n') };
  }
  return records.every(({ status }) => status === 'duplicate') ? 'duplicate' : 'loaded';
}
