import type { FormatRules } from '../formats';
import type { Store } from '../store';
import { IngestService, type IngestOptions } from './service';

export { watchFolder, type DropSettings } from './drop';
export type { IngestOptions } from './service';
export { FileBusyError, IngestService } from './service';
export { LogFileError } from './source';
export type {
  Committed,
  FileRecord,
  FileStatus,
  Ingest,
  IngestError,
  IngestFigures,
  Origin,
  PageOptions,
  Step,
  Submission,
  SubmitOptions,
} from './types';

/** Opens the ingest on a store; what a crash left unfinished is finished first. */
export function openIngest(store: Store, rules: FormatRules, options: IngestOptions): Promise<IngestService> {
  return IngestService.open(store, rules, options);
}
