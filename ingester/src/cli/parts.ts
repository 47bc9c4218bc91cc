import { mkdir } from 'node:fs/promises';
import { diagnosis, knownIncidents } from '../detect';
import { complaintReporters, loadRules, type FormatRules } from '../formats';
import { openIngest, type IngestService, type Step } from '../ingest';
import type { AnswerContext } from '../model';
import type { Settings } from '../config';
import { openReasons, type Reasons } from '../reasons';
import { openStore, type Store, type StoreLostError } from '../store';
import { followHeader } from '../users';
import { Failure } from './failure';

/** The store with what works on it, opened together and closed together. */
export interface Parts {
  store: Store;
  ingest: IngestService;
  reasons: Reasons;
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
  await followHeader(store, settings.userHeader);
  const reasons = await openReasons(store, rules);
  // What a commit brings is judged right after it; a try that fails is made up for by the next.
  const onStep = (step: Step): void => {
    if (step === 'inserted') void reasons.refresh().catch(() => undefined);
  };
  const ingest = await openIngest(store, rules, {
    ...settings,
    keepHeaders: keptHeaders(settings, rules),
    onStep,
  });
  return {
    store,
    ingest,
    reasons,
    context: {
      timezone: settings.timezone,
      complaintProviders: complaintReporters(rules),
      retention: store.retention,
      incidents: knownIncidents(store),
      diagnosis,
    },
    close: async () => {
      await ingest.close();
      await reasons.refresh().catch(() => undefined);
      await store.close();
    },
  };
}

/** A header that names users is kept whatever else is. */
function keptHeaders({ keepHeaders, userHeader }: Settings, rules: FormatRules): string[] | undefined {
  return userHeader === undefined ? keepHeaders : [...(keepHeaders ?? rules.headers.keepHeaders), userHeader];
}

/** A store that is locked, unreachable or too new says so in its message. */
function refuse(error: unknown): never {
  const { message, code } = error as NodeJS.ErrnoException;
  throw new Failure(`the store cannot be opened: ${message || code}`);
}
