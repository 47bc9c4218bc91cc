import pino, { type Logger } from 'pino';
import pretty from 'pino-pretty';
import type { Writable } from 'node:stream';
import { maskText } from '../model';

/**
 * The service's log. Fields first, then a sentence that is a constant: what strangers wrote is a field. Whatever is
 * logged is without recipients and without characters that end a line or steer a terminal.
 */
export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/** Longest text of a field; what a stranger sends must not fill the disk. */
const MAX_TEXT = 2000;

/** Structures deeper than this are not for a log. */
const MAX_DEPTH = 4;

/** A log on a stream: a JSON object a line, or lines to read where it is a terminal. */
export function openLog(stream: Writable & { isTTY?: boolean }): Log {
  const readable = pretty({
    destination: stream,
    colorize: false,
    translateTime: 'SYS:standard',
    ignore: 'pid,hostname',
  });
  return pino(
    {
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: {
        level: (level) => ({ level }),
        log: (fields) => cleaned(fields, 0) as Record<string, unknown>,
      },
      hooks: {
        logMethod(args, method) {
          method.apply(
            this,
            args.map((value) => (typeof value === 'string' ? plain(value) : value)) as typeof args,
          );
        },
      },
    },
    stream.isTTY ? readable : stream,
  );
}

/** A text for the log: recipients are hidden, control characters are written out, and the rest is cut. */
export function plain(text: string): string {
  const cut = text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
  return maskText(cut).replace(UNSAFE, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** Controls, line ends of any kind, marks that turn the direction of text, and halves of characters. */
const UNSAFE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

function cleaned(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return plain(value);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (value instanceof Error) return cleaned(described(value), depth + 1);
  if (Array.isArray(value)) return value.slice(0, 100).map((each) => cleaned(each, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [plain(name), cleaned(each, depth + 1)]),
  );
}

/** An error with its stack as lines of their own. */
function described(error: Error): Record<string, unknown> {
  const { code } = error as NodeJS.ErrnoException;
  return {
    type: error.name,
    message: error.message,
    ...(code !== undefined && { code }),
    stack: (error.stack ?? '')
      .split('\n')
      .slice(1)
      .map((line) => line.trim()),
  };
}
