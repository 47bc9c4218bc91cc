import { LogFileError } from './errors';

const MARKS: { bytes: number[]; name: string }[] = [
  { bytes: [0xff, 0xfe, 0x00, 0x00], name: 'UTF-32' },
  { bytes: [0x00, 0x00, 0xfe, 0xff], name: 'UTF-32' },
  { bytes: [0xff, 0xfe], name: 'UTF-16' },
  { bytes: [0xfe, 0xff], name: 'UTF-16' },
];

/** UTF-8's byte order mark. */
export const BOM = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Refuses what is not UTF-8 text, by the start of a file (a few bytes tell UTF-16 by its mark; NUL bytes in the header
 * line tell it without one).
 */
export function checkEncoding(head: Buffer): void {
  for (const { bytes, name } of MARKS) {
    if (bytes.every((byte, i) => head[i] === byte)) {
      throw new LogFileError('encoding', `the file is ${name}: save it as UTF-8 and drop it again`);
    }
  }
  if (head.includes(0)) {
    throw new LogFileError(
      'encoding',
      'the header line holds NUL bytes: this is a binary file, or UTF-16 that has to be saved as UTF-8',
    );
  }
}
