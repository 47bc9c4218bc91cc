import { mkdir } from 'node:fs/promises';
import { complaintReporters, loadRules } from '../formats';
import { openIngest, type IngestService } from '../ingest';
import type { AnswerContext } from '../model';
import type { Settings } from '../config';
import { openStore, type Store, type StoreLostError } from '../store';
import { Failure } from './failure';

/** The store with what works on it, opened together and closed together. */
export interface Parts {
  store: Store;
  ingest: IngestService;
  context: AnswerContext;
  close(): Promise<void>;
}

/**
 * Opens the store and the ingest on it; what a killed process left unfinished is finished or queued again. `onLost` is
 * told when another service has taken the store over.
 */
export async function openParts(
  settings: Settings,
  onLost?: (error: StoreLostError) => void,
): Promise<Parts> {
  const rules = loadRules(settings.rulesDir);
  await mkdir(settings.dataDir, { recursive: true });
  const store = await openStore(settings, onLost && { onLost }).catch(refuse);
  const ingest = await openIngest(store, rules, settings);
  return {
    store,
    ingest,
    context: {
      timezone: settings.timezone,
      complaintProviders: complaintReporters(rules),
      retention: store.retention,
    },
    close: async () => {
      await ingest.close();
      await store.close();
    },
  };
}

/** A store that is locked, unreachable or too new says so in its message. */
function refuse(error: unknown): never {
  const { message, code } = error as NodeJS.ErrnoException;
  throw new Failure(`the store cannot be opened: ${message || code}`);
}
