import type { Retention } from '../store';
import type { Diagnosis, IncidentSource } from './diagnosis/diagnosis';
import type { FileSource } from './service/files';

/** What an answer depends on beside the question. */
export interface AnswerContext {
  /** Zone whose days count where a query names none. */
  readonly timezone: string;
  /** Names of the providers that send complaints. */
  readonly complaintProviders: readonly string[];
  /** How long the store keeps what. */
  readonly retention?: Retention;
  /** The log files, where there is a service that knows them. */
  readonly files?: FileSource;
  /** The incidents that were found, where something looks for them. */
  readonly incidents?: IncidentSource;
  /** Who answers what is wrong, and why. */
  readonly diagnosis?: Diagnosis;
  /** Hides recipients from the one who asks. */
  readonly masked?: boolean;
  /** Abandons the answer when the one who asked has left. */
  readonly signal?: AbortSignal;
}
