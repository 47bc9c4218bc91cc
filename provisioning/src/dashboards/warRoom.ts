import {
  askLive,
  chart,
  dashboard,
  firstLine,
  INCIDENT,
  incidentTimeline,
  insightCards,
  line,
  metricChart,
  probableCauses,
  pulseBoard,
  sankey,
} from './kit';

const live = chart({
  title: 'Live',
  description:
    'What each load of logs brought since this page was opened, of all mail; deferred counts attempts',
  unit: 'short',
  stacked: true,
  targets: [askLive()],
  series: {
    delivered: { name: 'Delivered', color: 'green', events: 'delivered' },
    bounced: { name: 'Bounced', color: 'red', events: 'bounced' },
    deferred: { name: 'Deferred', color: 'orange', events: 'deferrals' },
    complaints: { name: 'Complaints', color: 'purple', events: 'complaints' },
  },
  field: { noValue: 'Waiting for logs' },
});

/** What is going on now, for a screen on the wall and for whoever is on call. */
export const warRoom = dashboard({
  uid: 'pmta-war-room',
  title: 'PMTA war room',
  description: 'What is going on now: every VMTA and IP, incidents, live counters, where mail is held back',
  since: 'now-3h',
  refresh: '10s',
  variables: [INCIDENT],
  lines: [
    firstLine(
      'What is wrong now, and why? A **red** cell or a pinched pipe shows where. Click an incident for its **probable causes**; the cards lead to what is behind it. Asks anew every 10 s.',
    ),
    line(
      10,
      [14, pulseBoard('VMTAs', 'How every VMTA is doing; a click opens it', 'vmta')],
      [10, pulseBoard('IPs', 'How every address that mail leaves from is doing', 'sourceIp')],
    ),
    line(
      9,
      [12, incidentTimeline('Incidents', 'What went wrong in the range; open ones go on to now')],
      [12, insightCards()],
    ),
    line(9, [24, probableCauses('incident')]),
    line(
      8,
      [12, live],
      [
        12,
        metricChart({
          title: 'Attempts',
          description: 'Of the mail that is chosen, by the time of the events',
          metrics: ['delivered', 'bounced', 'deferrals'],
          stacked: true,
          points: 400,
        }),
      ],
    ),
    line(12, [
      24,
      sankey(
        'Where mail is held back',
        'Pinched pipes: the pale part was tried, the dark part got through. A click narrows the dashboard',
        ['senderDomain', 'vmta', 'provider'],
        true,
      ),
    ]),
  ],
});
