import { csvStyles, type CsvStyle } from './csv';
import {
  byDomain,
  byJob,
  byPath,
  byReason,
  byVmta,
  encoder,
  fixed,
  own,
  type Encoder,
  type Part,
} from './encode';
import type { Settings } from './options';
import { stampWriter } from './stamps';

/**
 * The shapes of rows: record types, whether anybody answered (`silent`: no text; `unrouted`: no host either), and
 * the keys that a complaint or block row happens to carry.
 */
export const shapes = [
  'd',
  'b',
  'b unrouted',
  't',
  't silent',
  'r',
  'rb message',
  'rb queue',
  'rb remote',
  'f messageId',
  'f jobId+rcpt',
  'f customHeader',
  'f rcpt+time',
] as const;
/** One of {@link shapes}. */
export type Shape = (typeof shapes)[number];

/** The cells of a row by column; a column that is not named is empty. */
type Cells = Record<string, string | Part[]>;

/** Cells that several shapes have. */
function sharedCells(settings: Settings, style: CsvStyle) {
  const rcptDomain = byDomain((domain) => `@${domain.name}`);
  const mailbox = [fixed('u'), own('mailbox')];
  const answer = byReason(({ text }) => {
    const { before } = style.varying(`smtp;${text}`);
    return text.endsWith('=') ? before : `${before} `;
  });
  const answerEnd = byReason(({ text }) => style.varying(`smtp;${text}`).after);
  return {
    rcpt: settings.redactRecipients ? [fixed('xxxx'), rcptDomain] : [...mailbox, rcptDomain],
    orig: settings.verp
      ? [
          fixed('news+'),
          ...mailbox,
          byDomain(({ name }) => `=${name}`),
          byJob((job) => `@${job.sender.domain}`),
        ]
      : [byJob((job) => `news@${job.sender.domain}`)],
    diagnostic: [answer, own('id'), answerEnd],
    queueDiagnostic: [answer, fixed('q'), answerEnd],
    messageId: [fixed('<'), own('id'), byJob((job) => `.${job.id}@${job.sender.domain}>`)],
    tag: [fixed('r'), own('tag')],
    host: [byDomain((domain) => domain.mta)],
    logged: [own('logged')],
    queued: [own('queued')],
    status: [byReason((reason) => reason.status)],
    category: [byReason((reason) => reason.category)],
    jobId: [byJob((job) => job.id)],
    source: [byJob((job) => job.sender.source)],
    vmta: [byVmta((vmta) => vmta.name)],
    pool: [byVmta((vmta) => vmta.pool.name)],
    sourceIp: [byVmta((vmta) => vmta.ip)],
  };
}

/** What stands in which column, by shape. */
function cellsOf(settings: Settings): Record<Shape, Cells> {
  const style = csvStyles[settings.style];
  const shared = sharedCells(settings, style);
  const { rcpt, orig, logged, status, category, host, jobId, source, messageId, tag, pool } = shared;

  const attempt: Cells = {
    timeLogged: logged,
    timeQueued: shared.queued,
    orig,
    rcpt,
    dsnStatus: status,
    dsnDiag: shared.diagnostic,
    dsnMta: host,
    bounceCat: category,
    srcType: 'smtp',
    srcMta: source,
    dlvType: 'smtp',
    dlvSourceIp: shared.sourceIp,
    dlvDestinationIp: [byDomain((domain) => domain.ip)],
    dlvEsmtpAvailable: style.cell('ENHANCEDSTATUSCODES,PIPELINING,8BITMIME,SIZE,STARTTLS'),
    vmta: shared.vmta,
    jobId,
    queue: [byPath((domain, vmta) => `${domain.name}/${vmta.name}`)],
    vmtaPool: pool,
    'header_Message-Id': messageId,
    'header_X-Mailer-RecptId': tag,
  };
  const bounce: Cells = { ...attempt, type: 'b', dsnAction: 'failed' };
  const deferral: Cells = { ...attempt, type: 't', dsnAction: 'delayed' };
  const queueBlock: Cells = {
    type: 'rb',
    timeLogged: logged,
    vmta: shared.vmta,
    vmtaPool: pool,
    dlvSourceIp: shared.sourceIp,
    domain: [byDomain((domain) => domain.name)],
    rbType: 'rate-limit',
    dsnStatus: status,
    dsnDiag: shared.queueDiagnostic,
  };
  const report: Cells = {
    type: 'f',
    timeLogged: logged,
    repSourceIp: '192.0.2.9',
    feedbackType: 'abuse',
    format: [byDomain((domain) => domain.provider.reporter.format)],
    userAgent: [byDomain((domain) => domain.provider.reporter.agent)],
    reportingMta: [byDomain((domain) => domain.provider.reporter.mta)],
    reportedDomain: [byJob((job) => job.sender.domain)],
    header_From: [
      byJob(({ sender }) => style.cell(`"Sender ${sender.label}, Inc." <news@${sender.domain}>`)),
    ],
  };
  const addressed: Cells = {
    ...report,
    orig,
    rcpt,
    'header_Return-Path': [fixed('<'), ...orig, fixed('>')],
  };
  const header_Subject = style.cell('Offer, just for you');

  return {
    d: { ...attempt, type: 'd', dsnAction: 'relayed', dlvSize: [own('size')] },
    b: bounce,
    'b unrouted': { ...bounce, dsnDiag: '', dsnMta: '', dlvDestinationIp: '' },
    t: deferral,
    't silent': { ...deferral, dsnDiag: '' },
    r: {
      type: 'r',
      timeLogged: shared.queued,
      orig,
      rcpt,
      srcType: 'smtp',
      srcMta: source,
      rcvSourceIp: [byJob((job) => `10.0.0.${10 + (job.sender.index % 4)}`)],
      rcvDestinationIp: '10.0.0.2',
      vmta: pool,
      vmtaPool: pool,
      jobId,
    },
    'rb queue': queueBlock,
    'rb message': {
      ...queueBlock,
      rbType: 'reputation-block',
      dsnDiag: shared.diagnostic,
      jobId,
      orig,
      rcpt,
      'header_Message-Id': messageId,
    },
    'rb remote': {
      type: 'rb',
      timeLogged: logged,
      orig,
      rcpt,
      dsnAction: 'failed',
      dsnStatus: status,
      dsnDiag: shared.diagnostic,
      dsnMta: host,
      dsnReportingMta: host,
      bounceCat: category,
      srcType: 'smtp',
      srcMta: host,
      format: 'dsn',
      'header_Message-Id': messageId,
    },
    'f messageId': {
      ...addressed,
      header_Subject,
      'header_X-job': jobId,
      'header_Message-Id': messageId,
      'header_X-Mailer-RecptId': tag,
    },
    'f jobId+rcpt': { ...addressed, header_Subject, 'header_X-job': jobId },
    'f customHeader': { ...report, header_Subject, 'header_X-Mailer-RecptId': tag },
    'f rcpt+time': addressed,
  };
}

/** Makes encoders of rows: a shape under a header. */
export function rowEncoders(settings: Settings): (shape: Shape, columns: readonly string[]) => Encoder {
  const cellsByShape = cellsOf(settings);
  const style = csvStyles[settings.style];
  const stamp = stampWriter(settings);
  return (shape, columns) => {
    const cells = cellsByShape[shape];
    const parts = columns.flatMap((column, position) => {
      const cell = cells[column] ?? '';
      const separator = fixed(position === 0 ? style.open : style.separator);
      return [separator, ...(typeof cell === 'string' ? [fixed(cell)] : cell)];
    });
    return encoder([...parts, fixed(style.close)], stamp);
  };
}
