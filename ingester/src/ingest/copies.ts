import { createHash } from 'node:crypto';
import type { LedgerFile } from './ledger';
import { LogFileError, openLog, type Member } from './source';

/**
 * The file of two that another begins with, going by what the ledger knows: only one that ends in an unterminated row
 * matters, because the rest of it is told by its rows. `isBeginning` says whether it is so.
 */
export function shorterOf(one: LedgerFile, other: LedgerFile): LedgerFile | undefined {
  const [short, long] = one.bytes < other.bytes ? [one, other] : [other, one];
  if (!short.openRow || short.bytes === long.bytes || one.node !== other.node) return undefined;
  if (JSON.stringify(short.header) !== JSON.stringify(long.header)) return undefined;
  // The seed holds the first row, which is not whole where it is the only one.
  return short.rows <= 1 || short.seed === long.seed ? short : undefined;
}

/** Whether a log has the whole content of another as its beginning; false where it cannot be read any more. */
export async function isBeginning(short: LedgerFile, long: LedgerFile, maxBytes: number): Promise<boolean> {
  const hash = createHash('sha256');
  let left = short.bytes;
  try {
    const member = await memberOf(long, maxBytes);
    for await (const buffer of member.bytes()) {
      hash.update(buffer.subarray(0, left));
      left -= Math.min(left, buffer.length);
      if (left === 0) break;
    }
  } catch {
    return false;
  }
  return left === 0 && hash.digest('hex') === short.sha256;
}

/** The member of the file on disk that a ledger entry stands for. Throws LogFileError as `openLog` does, and where it is gone. */
export async function memberOf(entry: LedgerFile, maxBytes: number): Promise<Member> {
  for await (const member of openLog(entry.path, { maxBytes })) {
    if (entry.member === '' || entry.member === member.name) return member;
  }
  throw new LogFileError('unreadable', `the archive no longer holds ${entry.member}`);
}
