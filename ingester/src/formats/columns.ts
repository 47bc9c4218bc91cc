/** The names by which this room calls the columns of a log; the rule files say what they are called elsewhere. */
export const columnNames = [
  'type',
  'timeLogged',
  'timeQueued',
  'orig',
  'rcpt',
  'orcpt',
  'dsnAction',
  'dsnStatus',
  'dsnDiag',
  'dsnMta',
  'dsnReportingMta',
  'bounceCat',
  'srcType',
  'srcMta',
  'dlvType',
  'dlvSourceIp',
  'dlvDestinationIp',
  'dlvEsmtpAvailable',
  'dlvSize',
  'dlvTlsProtocol',
  'dlvTlsCipher',
  'vmta',
  'vmtaPool',
  'jobId',
  'envId',
  'queue',
  'domain',
  'rbType',
  'repSourceIp',
  'feedbackType',
  'format',
  'userAgent',
  'reportingMta',
  'reportedDomain',
  'rcvSourceIp',
  'rcvDestinationIp',
  'rcvSmtpUser',
  'timeImprinted',
  'timeFirstAttempt',
  'totalSecondsQueued',
  'userString',
  'eventId',
  'messageId',
  'headerFrom',
  'headerJob',
] as const;

/** A column that this room knows. */
export type Column = (typeof columnNames)[number];

/** How header names are compared: case, spaces, dashes, underscores, `#`, quotes and a byte order mark do not matter. */
export function columnKey(name: string): string {
  return name.toLowerCase().replace(/[\s_#"'\uFEFF-]/g, '');
}

/** `x-job` for `header_X-job`; undefined for a column that is no logged mail header. */
export function headerName(name: string): string | undefined {
  const match = /^\s*header[_-](.+?)\s*$/i.exec(name);
  return match?.[1]?.toLowerCase();
}
