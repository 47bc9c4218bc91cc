/** Why a file, or a member of an archive, cannot be read as a log. */
export type LogFileErrorCode =
  | 'empty'
  | 'corrupt'
  | 'too_large'
  | 'encoding'
  | 'encrypted'
  | 'unsupported'
  | 'unsafe_path'
  | 'not_a_file'
  | 'unreadable'
  | 'no_space';

/** A file that is refused as a whole. `message` is a sentence for the person who dropped it. */
export class LogFileError extends Error {
  override readonly name = 'LogFileError';

  constructor(
    readonly code: LogFileErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

const SYSTEM_CODES: Record<string, { code: LogFileErrorCode; text: string }> = {
  ENOENT: { code: 'unreadable', text: 'the file is gone' },
  EACCES: { code: 'unreadable', text: 'no permission to read the file' },
  EPERM: { code: 'unreadable', text: 'no permission to read the file' },
  ELOOP: { code: 'not_a_file', text: 'a symbolic link is not followed' },
  EISDIR: { code: 'not_a_file', text: 'a directory is not a log file' },
  ENXIO: { code: 'not_a_file', text: 'a pipe or socket is not a log file' },
  ENOSPC: { code: 'no_space', text: 'the disk is full' },
  EDQUOT: { code: 'no_space', text: 'the disk quota is used up' },
  EMFILE: { code: 'unreadable', text: 'too many open files' },
};

/** Turns what the file system threw into a LogFileError; one that already is one passes unchanged. */
export function asLogFileError(error: unknown): LogFileError {
  if (error instanceof LogFileError) return error;
  const { code = '', message = String(error) } = error as NodeJS.ErrnoException;
  if (code.startsWith('Z_') || code.startsWith('ERR_ZLIB')) {
    return new LogFileError('corrupt', `the compressed data is damaged or cut off (${message})`, {
      cause: error,
    });
  }
  const known = SYSTEM_CODES[code];
  if (known) return new LogFileError(known.code, known.text, { cause: error });
  return new LogFileError('unreadable', `the file cannot be read: ${message}`, { cause: error });
}
