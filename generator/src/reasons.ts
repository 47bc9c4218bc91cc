/** What a receiving server answered, or why there was no answer. */
export interface Reason {
  /** Position among all reasons, for tables by reason. */
  index: number;
  /** As logged in `dsnStatus`. */
  status: string;
  /** As logged in `bounceCat`; empty on a delivery. */
  category: string;
  /** The answer without `smtp;` and without the varying end; empty where nobody answered. */
  text: string;
  /** A rate limit: the block log holds one row per minute, domain and VMTA for these. */
  limited: boolean;
  /** The message never reached a server (no host known). */
  unrouted: boolean;
}

/** Every reason there is, by index. */
export const reasons: Reason[] = [];

function reason(status: string, category: string, text: string, more: Partial<Reason> = {}): Reason {
  const made = { index: reasons.length, status, category, text, limited: false, unrouted: false, ...more };
  reasons.push(made);
  return made;
}

function limit(status: string, text: string): Reason {
  return reason(status, 'policy-related', text, { limited: true });
}

const success = (text: string): Reason => reason('2.0.0 (success)', '', text);
const badMailbox = (text: string): Reason =>
  reason('5.1.1 (bad destination mailbox address)', 'bad-mailbox', text);
const spam = (text: string): Reason => reason('5.7.1 (delivery not authorized)', 'spam-related', text);
const policy = (text: string): Reason => reason('5.7.1 (delivery not authorized)', 'policy-related', text);

/** The deferral, final and success texts of one mailbox provider. */
export interface Answers {
  success: Reason;
  deferrals: Reason[];
  /** A deferral because too much comes too fast, and one because of the sender's bad name. */
  limit: Reason;
  block: Reason;
  badMailbox: Reason;
  spam: Reason;
  policy: Reason;
}

const rejectedForPolicy = policy('554 5.7.9 Message not accepted for policy reasons.');
const rejectedAsSpam = spam('550 5.7.1 Message rejected as spam by Content Filtering.');

/** Nobody answers at the address of the mail exchanger. */
export const noAnswer = reason('4.4.1 (no answer from host)', 'no-answer-from-host', '');
const fullForNow = reason(
  '4.2.2 (mailbox full)',
  'quota-issues',
  "452 4.2.2 The recipient's inbox is out of storage space.",
);

/** Gmail's rate limit by source address: the text of a throttling incident. */
export const gmailRateLimit = limit(
  '4.7.28 (mail flood detected)',
  '421-4.7.28 Gmail has detected an unusual rate of unsolicited mail originating from your IP address. ' +
    'To protect our users from spam, mail sent from your IP address has been temporarily rate limited.',
);

/** Deferrals of servers that do not know the sender yet. */
export const greylists: readonly Reason[] = [
  reason(
    '4.7.1 (delivery not authorized)',
    'policy-related',
    '451 4.7.1 Greylisting in action, please come back later',
  ),
  reason(
    '4.2.0 (other or undefined mailbox status)',
    'other',
    '450 4.2.0 Recipient address rejected: Greylisted',
  ),
];

const yahooLimit = limit(
  '4.7.0 (other or undefined security status)',
  '421 4.7.0 [TSS04] Messages from 198.51.100.14 temporarily deferred due to unexpected volume or user ' +
    'complaints - 4.16.55.1; see https://postmaster.yahooinc.com/error-codes',
);
/** Yahoo's usual deferral may be a block: this one says no more than that it is too much. */
const yahooThrottled = limit(
  '4.7.0 (other or undefined security status)',
  '421 4.7.0 [TS01] Messages from 198.51.100.14 temporarily deferred due to user complaints - 4.16.55.1',
);
const microsoftLimit = limit(
  '4.7.0 (other or undefined security status)',
  '451 4.7.650 The mail server [198.51.100.14] has been temporarily rate limited due to IP reputation. (S775)',
);
const comcastLimit = limit(
  '4.1.0 (unknown address-related status)',
  '421 4.1.0 198.51.100.14 Throttled - try again later. Please see ' +
    'https://postmaster.comcast.net/smtp-error-codes.php#RL000003',
);
const appleLimit = limit('4.7.1 (delivery not authorized)', '450 4.7.1 Service unavailable; try again later');

function block(text: string): Reason {
  return reason('4.7.1 (delivery not authorized)', 'spam-related', text);
}
const listed = block(
  '450 4.7.1 Service unavailable; Client host [198.51.100.14] blocked using zen.spamhaus.org',
);

/** Answers by mailbox provider. */
export const answers = {
  gmail: {
    success: success('250 2.0.0 OK'),
    deferrals: [
      limit('4.7.0 (other or undefined security status)', '421-4.7.0 Try again later, closing connection.'),
    ],
    limit: gmailRateLimit,
    block: block(
      '421-4.7.0 This message is suspicious due to the very low reputation of the sending domain.',
    ),
    badMailbox: badMailbox(
      '550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking ' +
        "the recipient's email address for typos or unnecessary spaces.",
    ),
    spam: spam(
      '550-5.7.1 Our system has detected that this message is likely unsolicited mail. To reduce the amount ' +
        'of spam sent to Gmail, this message has been blocked.',
    ),
    policy: policy("550-5.7.26 Unauthenticated email is not accepted due to domain's DMARC policy."),
  },
  yahoo: {
    success: success('250 ok dirdel'),
    deferrals: [yahooLimit],
    limit: yahooThrottled,
    block: block(
      '421 4.7.1 [TS03] All messages from 198.51.100.14 will be permanently deferred; Retrying will NOT succeed.',
    ),
    badMailbox: badMailbox('554 delivery error: dd Requested mail action aborted - mailbox not found'),
    spam: spam(
      '554 5.7.9 Message not accepted for policy reasons. See https://postmaster.yahooinc.com/error-codes',
    ),
    policy: rejectedForPolicy,
  },
  microsoft: {
    success: success('250 2.6.0 Queued mail for delivery -> 250 2.1.5'),
    deferrals: [microsoftLimit],
    limit: microsoftLimit,
    block: block('451 4.7.1 Part of the network of [198.51.100.14] is on our block list (S3140).'),
    badMailbox: badMailbox('550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302).'),
    spam: spam(
      "550 5.7.1 Unfortunately, messages from [198.51.100.14] weren't sent. Please contact your Internet " +
        'service provider since part of their network is on our block list (S3140).',
    ),
    policy: rejectedForPolicy,
  },
  comcast: {
    success: success('250 2.0.0 accepted for delivery'),
    deferrals: [comcastLimit],
    limit: comcastLimit,
    block: block(
      '421 4.7.1 Comcast block for spam. See https://postmaster.comcast.net/smtp-error-codes.php#BL000000',
    ),
    badMailbox: badMailbox('550 5.1.1 Not our Customer'),
    spam: rejectedAsSpam,
    policy: rejectedForPolicy,
  },
  gmx: {
    success: success('250 Requested mail action okay, completed: id='),
    deferrals: [
      reason(
        '4.0.0 (undefined status)',
        'other',
        '421 mx.gmx.net Service temporarily unavailable (mxgmx010)',
      ),
    ],
    limit: limit(
      '4.0.0 (undefined status)',
      '450 Requested mail action not taken: Mail send limit exceeded. For explanation visit ' +
        'https://postmaster.gmx.net/en/error-messages?c=ttl',
    ),
    block: listed,
    badMailbox: badMailbox('550 Requested action not taken: mailbox unavailable'),
    spam: rejectedAsSpam,
    policy: rejectedForPolicy,
  },
  apple: {
    success: success('250 2.5.0 Ok.'),
    deferrals: [appleLimit],
    limit: appleLimit,
    block: listed,
    badMailbox: badMailbox('550 5.1.1 unknown or illegal alias'),
    spam: rejectedAsSpam,
    policy: rejectedForPolicy,
  },
  corporate: {
    success: success('250 2.0.0 Ok: queued as'),
    deferrals: [noAnswer, noAnswer, noAnswer, noAnswer, fullForNow],
    limit: limit(
      '4.7.0 (other or undefined security status)',
      '421 4.7.0 Error: too many connections from 198.51.100.14',
    ),
    block: listed,
    badMailbox: badMailbox(
      '550 5.1.1 no such local recipient: <x@corp.example> in "RCPT TO:<x@corp.example>", giving up',
    ),
    spam: rejectedAsSpam,
    policy: rejectedForPolicy,
  },
} satisfies Record<string, Answers>;

/** Bounces that read alike everywhere, with their weight among a thousand usual bounces. */
export const otherBounces: readonly { weight: number; reason: Reason }[] = [
  {
    weight: 118,
    reason: reason(
      '5.2.2 (mailbox full)',
      'quota-issues',
      "552 5.2.2 The recipient's inbox is out of storage space. Please direct the recipient to clear some " +
        'space, then retry.',
    ),
  },
  {
    weight: 95,
    reason: reason(
      '5.2.1 (mailbox disabled)',
      'inactive-mailbox',
      '550 5.2.1 The email account that you tried to reach is disabled.',
    ),
  },
  {
    weight: 30,
    reason: reason(
      '5.4.4 (unable to route)',
      'routing-errors',
      '554 5.4.14 Hop count exceeded - possible mail loop',
    ),
  },
  {
    weight: 27,
    reason: reason(
      '5.6.0 (other or undefined media error)',
      'content-related',
      '552 5.7.0 This message was blocked because its content presents a potential security issue.',
    ),
  },
  {
    weight: 18,
    reason: reason(
      "5.1.8 (bad sender's system address)",
      'invalid-sender',
      '553 5.1.8 Domain of sender address does not exist',
    ),
  },
  { weight: 15, reason: reason('5.0.0 (undefined status)', 'other', '550 Administrative prohibition') },
  {
    weight: 15,
    reason: reason('5.7.1 (delivery not authorized)', 'relaying-issues', '550 5.7.1 Unable to relay'),
  },
  {
    weight: 13,
    reason: reason('5.5.1 (invalid command)', 'protocol-errors', '503 5.5.1 Bad sequence of commands'),
  },
  {
    weight: 40,
    reason: reason('5.1.2 (bad destination system: no such domain)', 'bad-domain', '', { unrouted: true }),
  },
  {
    weight: 2,
    reason: reason(
      '5.7.1 (delivery not authorized)',
      'virus-related',
      '554 5.7.1 Virus found, message rejected',
    ),
  },
];

const expired = new Map<Reason, Reason>();
for (const last of [...reasons]) {
  if (!last.status.startsWith('4.')) continue;
  const text = last.text === '' ? 'delivery time expired' : `${last.text}; delivery time expired`;
  expired.set(last, reason('4.4.7 (delivery time expired)', 'message-expired', text));
}

/** The expiry that follows a message's last deferral: a final outcome, no attempt. */
export function expiryAfter(last: Reason): Reason {
  return expired.get(last) as Reason;
}

const hard = new Set(['bad-mailbox', 'inactive-mailbox', 'bad-domain']);

/** True for the categories that say the address itself is bad. */
export function isHard(category: string): boolean {
  return hard.has(category);
}
