import {
  address,
  ask,
  askNarrowed,
  dashboard,
  firstLine,
  line,
  messageTimeline,
  table,
  times,
  textBox,
} from './kit';

/** Messages that are listed, the newest of the range. */
const MESSAGES = 100;

/** Events of a message that are listed: most have two or three. */
const STEPS = 200;

const variables = [
  textBox('recipient', 'Recipient begins with'),
  textBox('messageId', 'Message-Id'),
  textBox('event', 'Event'),
];

const thisMessage = address('pmta-message', {
  chosen: { event: '__data.fields.id' },
  kept: ['recipient'],
  emptied: ['messageId'],
});

/** The chosen message: the event that was clicked, else the Message-Id. */
const trace = ask({ queryType: 'trace', event: '$event', messageId: '$messageId', limit: STEPS });

const found = table({
  title: 'Messages',
  description: `The newest ${MESSAGES} messages that match; a click on a recipient shows the message below`,
  empty: 'No message matches: widen the time, or type less of the recipient',
  paged: true,
  target: askNarrowed({
    queryType: 'messages',
    filters: [
      { dimension: 'recipient', operator: 'startsWith', values: ['$recipient'] },
      { dimension: 'messageId', operator: '=', values: ['$messageId'] },
    ],
    limit: MESSAGES,
  }),
  columns: [
    times('time', 'Last event'),
    {
      field: 'recipient',
      name: 'Recipient',
      width: 240,
      more: [{ id: 'links', value: [{ title: 'Show this message', url: thisMessage }] }],
    },
    { field: 'state', name: 'State', width: 130 },
    { field: 'attempts', name: 'Attempts', width: 85 },
    { field: 'diag', name: 'Last reply', minWidth: 260 },
    { field: 'latency', name: 'Latency', width: 85 },
    { field: 'provider', name: 'Provider', width: 95 },
    { field: 'vmta', name: 'VMTA', width: 90 },
    { field: 'job', name: 'Job', width: 100 },
    { field: 'sender', name: 'Sender', width: 190 },
    { field: 'id', name: 'id', hidden: true },
  ],
});

const steps = table({
  title: 'Events of the message',
  description:
    'In the order of time. Method and confidence say how a complaint or a late bounce was matched with it',
  empty: 'Click a recipient above, or give a Message-Id',
  target: trace,
  columns: [
    times('time', 'Time'),
    { field: 'step', name: 'Step', width: 115 },
    { field: 'seconds', name: 'After', width: 90 },
    { field: 'smtpStatus', name: 'Status', width: 75 },
    { field: 'diag', name: 'Reply', minWidth: 260 },
    { field: 'vmta', name: 'VMTA', width: 80 },
    { field: 'sourceIp', name: 'From IP', width: 115 },
    { field: 'mx', name: 'Host', width: 130 },
    { field: 'method', name: 'Matched by', width: 110 },
    { field: 'confidence', name: 'Confidence', width: 100 },
  ],
});

/** What became of one message. */
export const message = dashboard({
  uid: 'pmta-message',
  title: 'PMTA message',
  description:
    'What became of one message: found by recipient, sender, job or id, with every event of its life',
  variables,
  lines: [
    firstLine(
      'What became of a message? Type the beginning of the recipient, or choose sender or job; click the recipient. A Message-Id finds it at once.',
    ),
    line(9, [24, found]),
    line(7, [24, messageTimeline('Life of the message', 'Its steps, with the time between them', trace)]),
    line(9, [24, steps]),
  ],
});
