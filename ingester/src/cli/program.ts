import { Command, CommanderError, InvalidArgumentError } from 'commander';
import { readSettings, SettingsError, type Settings } from '../config';
import { RulesError } from '../formats';
import { connect, type Connection } from './connection';
import { printDemo } from './demo';
import { printExport, type ExportOptions } from './export';
import { Failure } from './failure';
import { deleteFile, printFiles, printStatus } from './files';
import { loadFiles } from './ingest';
import { readAll, type Io } from './io';
import { printQuery } from './query';
import { serve } from './serve';
import { printTrace, type TraceOptions } from './trace';
import { importUsers, printUsers } from './users';

/** Runs one command and gives the exit code: 0 done, 1 failed, 2 wrongly called or set up. Errors are one line on stderr. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv, io: Io): Promise<number> {
  let succeeded = true;
  const withConnection = async (
    work: (connection: Connection, settings: Settings) => Promise<boolean | void>,
  ): Promise<void> => {
    const settings = readSettings(env);
    const connection = await connect(settings);
    try {
      succeeded = (await work(connection, settings)) !== false;
    } finally {
      await connection.close();
    }
  };
  const program = new Command('watchtower')
    .description('Loads PowerMTA logs into ClickHouse and answers questions about them')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });
  program
    .command('serve')
    .description('watch the drop folder and serve the API until stopped')
    .action(() => serve(readSettings(env), io));
  program
    .command('ingest')
    .description('load logs (.csv, .csv.gz, .zip), print a summary, exit')
    .argument('<file...>')
    .action((files: string[]) => withConnection((connection) => loadFiles(connection, io, files)));
  program
    .command('status')
    .description('what runs, what is loading, how far the data reaches')
    .action(() => withConnection((connection, { dataDir }) => printStatus(connection, io, dataDir)));
  program
    .command('files')
    .description('the files that were taken in')
    .action(() => withConnection((connection) => printFiles(connection, io)));
  program
    .command('delete')
    .description("take a file's events out of every figure")
    .argument('<id>')
    .action((id: string) => withConnection((connection) => deleteFile(connection, io, id)));
  program
    .command('query')
    .description(
      'answer a query request (JSON, as POST /api/query takes it) from the argument or standard input',
    )
    .argument('[json]')
    .option('--json', 'print the answer as JSON')
    .action(async (given: string | undefined, options: { json?: boolean }) => {
      const text = given ?? (await readAll(io.stdin));
      await withConnection((connection) => printQuery(connection, io, text, options.json === true));
    });
  program
    .command('trace')
    .description("a message's whole life: by Message-Id, by the id of an event, or by job and recipient")
    .argument('[id]')
    .option('--job <job>', 'its job, together with --recipient')
    .option('--recipient <address>', 'its recipient')
    .option('--json', 'print all columns as JSON')
    .action((id: string | undefined, options: TraceOptions) =>
      withConnection((connection) => printTrace(connection, io, id, options)),
    );
  program
    .command('export')
    .description('write events, or figures where metrics are named, to standard output')
    .option('--format <format>', 'csv, jsonl or parquet', 'csv')
    .option('--from <time>', 'ISO 8601 or epoch milliseconds')
    .option('--to <time>', 'where it ends; that instant is not part of it')
    .option('--filter <dimension=value>', 'only these; may be repeated', gathered, [])
    .option('--filters <json>', 'conditions as a query has them')
    .option('--search <text>', 'only events with this text in the reply')
    .option('--columns <names>', 'columns of events, with commas between')
    .option('--metrics <names>', 'figures instead of events, with commas between')
    .option('--group-by <dimensions>', 'a row of figures per value')
    .option('--order-by <name>', 'metric or dimension that figures are ordered by')
    .option('--order <order>', 'desc or asc')
    .option('--limit <n>', 'at most so many rows')
    .action((options: ExportOptions) => withConnection((connection) => printExport(connection, io, options)));
  const users = program.command('users').description('who owns which job');
  users
    .command('list')
    .description('the jobs that have a user')
    .action(() => withConnection((connection) => printUsers(connection, io)));
  users
    .command('import')
    .description('add the lines of a CSV file with the header job,user; an empty user takes an entry back')
    .argument('<file>')
    .option('--replace', 'take all other entries back')
    .action((file: string, options: { replace?: boolean }) =>
      withConnection((connection) => importUsers(connection, io, file, options.replace === true)),
    );
  program
    .command('demo')
    .description('write a synthetic day of logs that ends now into the drop folder')
    .option('--messages <n>', 'messages per day', positive, 60_000)
    .option('--seed <n>', 'the same seed gives the same logs', 'demo')
    .option('--days <n>', 'days, the last of which ends now', positive, 1)
    .action((options: { messages: number; seed: string; days: number }) =>
      printDemo(readSettings(env), io, options),
    );
  try {
    await program.parseAsync([...args], { from: 'user' });
    return succeeded ? 0 : 1;
  } catch (error) {
    return report(error, io);
  }
}

function gathered(value: string, before: string[]): string[] {
  return [...before, value];
}

function positive(text: string): number {
  if (!/^[1-9][0-9]{0,9}$/.test(text))
    throw new InvalidArgumentError('It must be a whole number of at least 1.');
  return Number(text);
}

/** Commander has already printed its own errors. What is not expected keeps its stack, for a report. */
function report(error: unknown, io: Io): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof SettingsError || error instanceof RulesError) return fail(error.message, 2, io);
  if (error instanceof Failure) return fail(error.message, error.exitCode, io);
  if (isSystemError(error)) return fail(error.message, 1, io);
  return fail(error instanceof Error ? (error.stack ?? error.message) : String(error), 1, io);
}

function fail(message: string, exitCode: number, io: Io): number {
  io.stderr.write(`watchtower: ${message}\n`);
  return exitCode;
}

/** A file that is not there, a port that is taken: the message of the system says what. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).syscall === 'string';
}
