import * as zlib from 'node:zlib';

const TABLE = new Int32Array(256).map((_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

/** CRC-32 as zip uses it, continued from `previous`; for the Node releases whose zlib has none. */
export function tableCrc32(buffer: Buffer, previous = 0): number {
  let crc = ~previous;
  for (const byte of buffer) crc = (TABLE[(crc ^ byte) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** CRC-32 as zip uses it, continued from `previous`. */
export const crc32: (buffer: Buffer, previous?: number) => number =
  (zlib as { crc32?: typeof tableCrc32 }).crc32 ?? tableCrc32;
