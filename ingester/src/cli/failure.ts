/** Ends a command with one line on standard error and an exit code: 1 failed, 2 wrongly called or set up. */
export class Failure extends Error {
  override readonly name = 'Failure';
  constructor(
    message: string,
    readonly exitCode: 1 | 2 = 1,
  ) {
    super(message);
  }
}
