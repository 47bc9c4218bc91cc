import type { FileKind, Settings } from './options';

const ids = ['header_Message-Id', 'header_X-Mailer-RecptId'];

const attempt = (
  'type,timeLogged,timeQueued,orig,rcpt,orcpt,dsnAction,dsnStatus,dsnDiag,dsnMta,bounceCat,srcType,srcMta,dlvType,' +
  'dlvSourceIp,dlvDestinationIp,dlvEsmtpAvailable,dlvSize,vmta,jobId,envId,queue,vmtaPool'
).split(',');

const columns: Record<FileKind, string[]> = {
  acct: [...attempt, ...ids],
  tran: [...attempt, ...ids],
  bounce: [
    ...(
      'type,timeLogged,timeQueued,bounceCat,vmta,orig,rcpt,srcMta,dlvSourceIp,jobId,dsnAction,dsnStatus,dsnMta,' +
      'dsnDiag,vmtaPool,envId'
    ).split(','),
    ...ids,
  ],
  fbl: [
    ...(
      'type,timeLogged,repSourceIp,feedbackType,format,userAgent,envId,orig,rcpt,reportingMta,dlvSourceIp,' +
      'reportedDomain,header_From,header_Return-Path,header_X-job,header_Subject'
    ).split(','),
    ...ids,
  ],
  rb: (
    'type,timeLogged,vmta,vmtaPool,dlvSourceIp,domain,rbType,dsnStatus,dsnDiag,jobId,orig,rcpt,' +
    'header_Message-Id'
  ).split(','),
  received:
    'type,timeLogged,orig,rcpt,orcpt,srcType,srcMta,rcvSourceIp,rcvDestinationIp,vmta,vmtaPool,jobId,envId'.split(
      ',',
    ),
};

const remoteBounce = (
  'type,timeLogged,orig,rcpt,orcpt,dsnAction,dsnStatus,dsnDiag,dsnMta,dsnReportingMta,bounceCat,srcType,srcMta,' +
  'envId,format,header_Message-Id'
).split(',');

/** A file series: its kind names the files, its columns are the header. */
export interface Series {
  kind: FileKind;
  columns: readonly string[];
}

/** The file series that are written, with their headers. */
export function seriesOf(settings: Settings): Series[] {
  const kinds: FileKind[] = ['acct', 'tran', 'bounce', 'fbl', 'rb'];
  if (settings.received) kinds.push('received');
  const all: Series[] = kinds.map((kind) => ({
    kind,
    columns: kind === 'rb' && settings.rb === 'remote' ? remoteBounce : columns[kind],
  }));
  if (settings.layout !== 'mixed') return all.map((series) => strip(series, settings));
  const union = [...new Set(all.flatMap((series) => series.columns))];
  return [strip({ kind: 'acct', columns: union }, settings)];
}

function strip({ kind, columns: header }: Series, { without }: Settings): Series {
  const lacking = new Set([...(without.all ?? []), ...(without[kind] ?? [])]);
  return { kind, columns: header.filter((column) => !lacking.has(column)) };
}
