import { InjectionCurve } from './curve';
import { Incidents, standardIncidents, type IncidentPlan } from './incidents';
import { Lives } from './messages';
import { TruthRecorder, type Truth } from './truth';

const START = 1789430400;
const DAY = 86400;

function truthOf(plans: IncidentPlan[], until = Infinity): Truth {
  const incidents = new Incidents(plans);
  const lives = new Lives('20', 60_000, new InjectionCurve(START, DAY), incidents);
  const truth = new TruthRecorder(START, until, plans);
  for (let index = 0; index < 60_000; index++) {
    const message = lives.at(index);
    if (message.queued > until) break;
    truth.message(message);
    if (message.complaint && message.complaint.time <= until) {
      truth.complaint(message, message.complaint.time, message.complaint.key);
    }
  }
  return truth.result([]);
}

const plans = standardIncidents(START, DAY);
const truth = truthOf(plans);
const incident = (kind: string): Truth['incidents'][number] => {
  const found = truth.incidents.find((each) => each.kind === kind);
  if (!found) throw new Error(`no ${kind}`);
  return found;
};

test.each(['throttling', 'block', 'provider_unreachable'])(
  '%s: most attempts of its window are deferred, few are at other times',
  (kind) => {
    const { window, outside } = incident(kind);
    expect(window.attempts).toBeGreaterThan(100);
    expect(window.rate).toBeGreaterThan(0.7);
    expect(outside.rate).toBeLessThan(0.12);
  },
);

test('a dark VMTA makes no attempt, while mail is injected for it', () => {
  const { window, injected } = incident('vmta_dark');
  expect(window).toEqual({ attempts: 0, deferrals: 0, rate: null });
  expect(injected.messages).toBeGreaterThan(100);
});

test('a bounce spike hits a third of the mailing', () => {
  const { injected } = incident('bounce_spike');
  expect(injected.messages).toBeGreaterThan(150);
  expect(injected.bad_mailbox / injected.messages).toBeGreaterThan(0.3);
});

test('a complaint spike reaches its rate at the providers that report', () => {
  const { injected } = incident('complaint_spike');
  expect(injected.delivered_at_fbl_providers).toBeGreaterThan(100);
  expect(injected.complaints / injected.delivered_at_fbl_providers).toBeGreaterThan(0.03);
});

test('a latency anomaly slows deliveries down without deferrals', () => {
  const calm = truthOf(plans.filter(({ kind }) => kind !== 'latency_anomaly'));
  expect(truth.latency.by_isp.microsoft?.p95).toBeGreaterThan(2 * (calm.latency.by_isp.microsoft?.p95 ?? 0));
  expect(truth.by_isp.microsoft?.deferrals).toBe(calm.by_isp.microsoft?.deferrals);
});

test('when an incident shows, and that it must be found, is counted', () => {
  // Six complaints in an hour are over the five that it takes, but not by far.
  const faint = truth.incidents.filter(({ certain }) => !certain).map(({ kind }) => kind);
  expect(faint).toEqual(['complaint_spike']);
  for (const { kind, start, end, shown } of truth.incidents) {
    const later = kind === 'complaint_spike' ? 2 * 3600 : kind === 'bounce_spike' ? 3600 : 0;
    expect(shown?.first).toBeGreaterThanOrEqual(start);
    expect(shown?.first).toBeLessThan(start + (kind === 'complaint_spike' ? 3600 : 600));
    expect(shown?.last).toBeGreaterThan(end - 600);
    expect(shown?.last).toBeLessThan(end + later + 1);
  }
});

test.each<[string, Partial<IncidentPlan>]>([
  ['too little mail', { provider: 'comcast', vmta: 'VMTA-1' }],
  ['too small a share of it', { provider: 'gmail', share: 0.05 }],
])('with %s an incident need not be found', (_, more) => {
  const span = { start: START + 10 * 3600, end: START + 11 * 3600 };
  const [faint] = truthOf([{ kind: 'throttling', answer: 'limit', ...span, ...more }]).incidents;
  expect(faint).toMatchObject({ certain: false });
  expect(faint?.window.deferrals).toBeGreaterThan(0);
});

test('an incident that has not ended is said to go on; one that has not begun is not there', () => {
  const cut = truthOf(plans, START + 10.5 * 3600);
  expect(cut.incidents.map(({ kind, ongoing }) => [kind, ongoing])).toEqual([
    ['bounce_spike', false],
    ['throttling', true],
  ]);
  expect(cut.in_queue_at_end).toBeGreaterThan(0);
  expect(cut.minute.backlog.at(-1)).toBe(cut.in_queue_at_end);
});

test('a plan that names nothing known is refused', () => {
  expect(() => new Incidents([{ kind: 'block', provider: 'gmial', start: 0, end: 1 }])).toThrow(/gmial/);
});
