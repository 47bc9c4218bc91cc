/** What is saved with a panel. */
export interface FilesOptions {
  /** Version of these options, for migrations. */
  version: number;
  /** Whether files can be uploaded here, by those who may. */
  upload: boolean;
  /** Whether files can be loaded again or deleted here, by those who may. */
  change: boolean;
}

/** Version of {@link FilesOptions} that this code writes. */
export const VERSION = 1;

/** Options of a new panel. */
export const defaults: FilesOptions = { version: VERSION, upload: true, change: true };
