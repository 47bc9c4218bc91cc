import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';
import { run } from './program';

const args = process.argv.slice(2);

// The embedded engine takes what stands on standard input for the data of an insert. Only a query is read from
// there, to its end and before the engine starts.
if (args[0] !== 'query') {
  closeSync(0);
  openSync(devNull, 'r');
}

void run(args, process.env, process).then((exitCode) => {
  process.exitCode = exitCode;
});
