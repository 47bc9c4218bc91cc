import { createHash } from 'node:crypto';
import { readHeader, type FormatRules } from '../formats';
import { isKnown } from './entries';
import type { LedgerFile } from './ledger';
import { LogFileError, openLog, takeHeader, type Member } from './source';

/** The member of the file on disk that a ledger entry stands for. Throws LogFileError as `openLog` does, and where it is gone. */
export async function memberOf(entry: LedgerFile, maxBytes: number): Promise<Member> {
  for await (const member of openLog(entry.path, { maxBytes })) {
    if (entry.member === '' || entry.member === member.name) return member;
  }
  throw new LogFileError('unreadable', `the archive no longer holds ${entry.member}`);
}

/**
 * The member that a ledger entry stands for, seen to be a log that can be loaded. Of a file whose content counts, or is
 * the copy of one that does, it must be the same content still: another log may have taken its path. Throws LogFileError.
 */
export async function originalOf(entry: LedgerFile, rules: FormatRules, maxBytes: number): Promise<Member> {
  const member = await memberOf(entry, maxBytes);
  const { fields, rest } = await takeHeader(member.bytes());
  await rest.return();
  const header = readHeader(fields, rules);
  if (!header.ok) throw new LogFileError('unsupported', header.message);
  if (isKnown(entry) && entry.sha256 !== '' && (await hashOf(member)) !== entry.sha256)
    throw new LogFileError('unreadable', 'the file has another content now');
  return member;
}

/** Whether a log has the whole content of another as its beginning; undefined where it cannot be read any more. */
export async function beginsWith(
  long: LedgerFile,
  short: LedgerFile,
  maxBytes: number,
): Promise<boolean | undefined> {
  try {
    return (await hashOf(await memberOf(long, maxBytes), short.bytes)) === short.sha256;
  } catch {
    return undefined;
  }
}

/** The hash of a log's bytes, or of its first ones, as far as they can be read: what stands before damage is loaded too. */
async function hashOf(member: Member, bytes = Infinity): Promise<string> {
  const hash = createHash('sha256');
  let left = bytes;
  try {
    for await (const buffer of member.bytes()) {
      hash.update(buffer.subarray(0, left));
      left -= Math.min(left, buffer.length);
      if (left === 0) break;
    }
  } catch (error) {
    if (!(error instanceof LogFileError) || error.code !== 'corrupt') throw error;
  }
  return hash.digest('hex');
}
