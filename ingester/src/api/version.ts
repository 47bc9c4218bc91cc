import { readFileSync } from 'node:fs';
import path from 'node:path';

/** Version of the program, and so of its API. */
export const API_VERSION = (
  JSON.parse(readFileSync(path.join(__dirname, '../../package.json'), 'utf8')) as { version: string }
).version;
