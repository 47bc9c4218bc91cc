import { answers, type Answers } from './reasons';

/** A mailbox provider with its habits. */
export interface Provider {
  index: number;
  name: string;
  answers: Answers;
  /** Sends feedback-loop complaints. */
  complains: boolean;
  /** Median seconds of a delivery at the first attempt. */
  seconds: number;
  /** Share of first attempts that are deferred on a usual day. */
  deferred: number;
  /** As logged in a complaint: `reportingMta`, `userAgent`, `format`. */
  reporter: { mta: string; agent: string; format: string };
}

/** A recipient domain with its mail exchanger. */
export interface Domain {
  index: number;
  name: string;
  provider: Provider;
  /** As logged in `dsnMta`: host (address). */
  mta: string;
  ip: string;
}

/** A virtual MTA: a source address inside a pool. */
export interface Vmta {
  index: number;
  name: string;
  pool: { index: number; name: string };
  ip: string;
}

/** A sending customer's domain. */
export interface Sender {
  index: number;
  /** The number in the visible name, `Sender 7, Inc.` */
  label: string;
  domain: string;
  /** As logged in `srcMta`. */
  source: string;
}

/** A mailing. */
export interface Job {
  index: number;
  id: string;
  sender: Sender;
}

interface ProviderPlan {
  name: keyof typeof answers;
  domains: [name: string, weight: number][];
  host?: [name: string, ip: string];
  complains?: [mta: string, agent: string, format: string];
  seconds: number;
  deferred: number;
}

const plans: ProviderPlan[] = [
  {
    name: 'gmail',
    domains: [['gmail.com', 384]],
    host: ['gmail-smtp-in.l.google.com', '142.250.27.27'],
    seconds: 2,
    deferred: 0.02,
  },
  {
    name: 'yahoo',
    domains: [
      ['yahoo.com', 91],
      ['aol.com', 45],
      ['ymail.com', 10],
    ],
    host: ['mta5.am0.yahoodns.net', '67.195.204.77'],
    complains: ['fbl-report.mail.yahoo.com', 'Yahoo!-Mail-Feedback/2.0', 'arf'],
    seconds: 3,
    deferred: 0.03,
  },
  {
    name: 'microsoft',
    domains: [
      ['hotmail.com', 83],
      ['outlook.com', 75],
      ['live.com', 20],
      ['msn.com', 11],
    ],
    host: ['outlook-com.olc.protection.outlook.com', '52.101.73.5'],
    complains: ['staff.hotmail.com', 'Microsoft-JMRP/1.0', 'jmrp'],
    seconds: 4,
    deferred: 0.028,
  },
  {
    name: 'comcast',
    domains: [['comcast.net', 30]],
    host: ['mx1.comcast.net', '96.102.18.149'],
    complains: ['feedback.comcast.net', 'ReturnPathFBL/1.0', 'arf'],
    seconds: 3,
    deferred: 0.035,
  },
  {
    name: 'gmx',
    domains: [
      ['gmx.de', 25],
      ['web.de', 20],
      ['gmx.net', 10],
    ],
    host: ['mx00.gmx.net', '212.227.17.4'],
    complains: ['fbl.gmx.net', 'GMX-FBL/1.0', 'arf'],
    seconds: 3,
    deferred: 0.028,
  },
  {
    name: 'apple',
    domains: [
      ['icloud.com', 44],
      ['me.com', 10],
    ],
    host: ['mx01.mail.icloud.com', '17.57.156.30'],
    seconds: 3,
    deferred: 0.022,
  },
  { name: 'corporate', domains: corporateDomains(), seconds: 5, deferred: 0.055 },
];

function corporateDomains(): [string, number][] {
  return Array.from({ length: 400 }, (_, i) => [
    i === 7 ? 'xn--bcher-kva.example' : `corp${String(i).padStart(3, '0')}.example`,
    143 / (6.6 * (i + 1)),
  ]);
}

const senderHosts = [
  'mail0.sender0',
  'mail1.sender7',
  'mail1.sender1',
  'mail2.sender8',
  'mail2.sender2',
  'mail0.sender9',
  'mail0.sender3',
  'mail1.sender10',
  'mail1.sender4',
  'mail2.sender11',
  'mail2.sender5',
  'mail0.sender12',
  'mail0.sender6',
];

/** The mailbox providers; domains that belong to none are `corporate`. */
export const providers: readonly Provider[] = plans.map((plan, index) => {
  const [mta, agent, format] = plan.complains ?? ['', '', ''];
  return {
    index,
    name: plan.name,
    answers: answers[plan.name],
    complains: plan.complains !== undefined,
    seconds: plan.seconds,
    deferred: plan.deferred,
    reporter: { mta, agent, format },
  };
});

/** Recipient domains; {@link domainWeights} says how often each is written to. */
export const domains: readonly Domain[] = plans.flatMap((plan, p) =>
  plan.domains.map(([name], i) => {
    const [host, ip] = plan.host ?? [`mail.${name}`, `203.0.113.${(15 + i) % 256}`];
    return { index: 0, name, provider: providers[p] as Provider, mta: `${host} (${ip})`, ip };
  }),
);
domains.forEach((domain, index) => (domain.index = index));

/** Share of the mail by domain, in the order of {@link domains}. */
export const domainWeights: readonly number[] = plans.flatMap((plan) =>
  plan.domains.map(([, weight]) => weight),
);

/** Pools of VMTAs. */
export const pools = ['pool-a', 'pool-b', 'pool-c'].map((name, index) => ({ index, name }));

/** Twelve VMTAs, four in each pool. */
export const vmtas: readonly Vmta[] = Array.from({ length: 12 }, (_, index) => ({
  index,
  name: `VMTA-${index + 1}`,
  pool: pools[Math.floor(index / 4)] as Vmta['pool'],
  ip: `198.51.100.${10 + index}`,
}));

/** The senders' domains. */
export const senders: readonly Sender[] = senderHosts.map((host, index) => ({
  index,
  label: host.replace(/^.*sender/, ''),
  domain: `${host}.example`,
  source: `app${index % 4}.internal (10.0.0.${10 + (index % 4)})`,
}));

/** Forty mailings, large ones first. */
export const jobs: readonly Job[] = Array.from({ length: 40 }, (_, index) => ({
  index,
  id: `J-${String(index + 1).padStart(2, '0')}`,
  sender: senders[index % senders.length] as Sender,
}));

/** Share of the mail by job, in the order of {@link jobs}. */
export const jobWeights: readonly number[] = jobs.map((job) => 1 / (job.index + 9));
