/** A query that cannot be answered: `status` is an HTTP status, the message is shown to the person who asked. */
export class QueryError extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

/** The error of everything the contract names and this version does not answer. */
export function notAvailable(what: string): QueryError {
  return new QueryError(501, `${what} is not available in this version`);
}
