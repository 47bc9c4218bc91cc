import { journeys, type Found } from './journey';
import { deliveryOf } from './lateEvents';
import type { EventRow } from './eventRows';

const T = 1_789_430_400;
let line = 0;

function row(more: Partial<EventRow>): EventRow {
  line++;
  return {
    event: `1-${line}`,
    time: T,
    record: 'd',
    node: '',
    provider: 'gmail',
    domain: 'gmail.com',
    vmta: 'v1',
    pool: 'p1',
    job: 'J',
    sender: 'news@shop.example',
    senderDomain: 'shop.example',
    sourceIp: '',
    destinationIp: '',
    mx: '',
    bounceCategory: '',
    bounceClass: '',
    smtpStatus: '',
    diag: '',
    size: 0,
    latency: -1,
    queued: T - 10,
    orig: 'news@shop.example',
    rcpt: 'ann@gmail.com',
    messageId: 'm1',
    envId: '',
    feedbackType: '',
    rbType: '',
    message: '11',
    triple: '7',
    ref: '0',
    id: 11,
    lacks: 0,
    method: '',
    confidence: 0,
    file: 1,
    line,
    hit: 0,
    ...more,
  };
}

function found(more: Partial<Found>): Found {
  return { messages: new Set(['11']), events: [], late: [], deliveries: [], queue: [], ...more };
}

const late = (more: Partial<EventRow>): EventRow =>
  row({ record: 'f', time: T + 1000, messageId: '', queued: 0, message: '99', triple: '0', ...more });

describe('deliveryOf', () => {
  const near = row({ time: T + 100, message: '12', messageId: 'm2' });
  const far = row({ time: T, message: '11' });

  it('goes by the return path within 72 hours where the method says so', () => {
    const path = 'b-0123456789@shop.example';
    const event = late({ method: 'orig+time (ambiguous)', orig: path, rcpt: '' });
    const own = row({ time: T, orig: path });
    expect(deliveryOf(event, [row({ time: T + 10 }), own])).toBe(own);
    expect(deliveryOf(event, [row({ time: T + 1000 - 72 * 3600 - 1, orig: path })])).toBeUndefined();
  });

  it('takes the nearest delivery before, never one behind or too old', () => {
    const event = late({ method: 'rcpt+time' });
    expect(deliveryOf(event, [far, near])).toBe(near);
    expect(deliveryOf(event, [row({ time: T + 1001 })])).toBeUndefined();
    expect(deliveryOf(event, [row({ time: T + 1000 - 72 * 3600 - 1 })])).toBeUndefined();
    expect(deliveryOf(late({ method: 'jobId+rcpt' }), [row({ time: T - 29 * 86_400 })])).toBeDefined();
    expect(deliveryOf(late({ method: 'jobId+rcpt' }), [row({ time: T - 31 * 86_400 })])).toBeUndefined();
  });

  it('prefers deliveries of the sender that the event itself names, but not of one it took over', () => {
    const other = row({ time: T + 500, senderDomain: 'bank.example', sender: 'x@bank.example' });
    const event = { method: 'rcpt+time (ambiguous)', senderDomain: 'shop.example' };
    expect(deliveryOf(late(event), [near, other])).toBe(near);
    const taken = late({ ...event, lacks: 32, sender: other.sender, senderDomain: 'bank.example' });
    expect(deliveryOf(taken, [near, other])).toBe(other);
  });

  it('never contradicts what the event took from its delivery', () => {
    const event = late({ method: 'rcpt+time', lacks: 4, vmta: 'v1' });
    expect(deliveryOf(event, [far, row({ time: T + 900, vmta: 'v2' })])).toBe(far);
  });

  it('goes by message id and header alone where the event names no recipient', () => {
    expect(deliveryOf(late({ method: 'messageId', messageId: 'm1', rcpt: '' }), [far, near])).toBe(far);
    expect(deliveryOf(late({ method: 'messageId', messageId: 'm1', rcpt: 'bob@x' }), [far])).toBeUndefined();
    const named = row({ ref: '5', rcpt: 'bob@x' });
    expect(deliveryOf(late({ method: 'customHeader', ref: '5', rcpt: '' }), [far, named])).toBe(named);
  });
});

describe('journeys', () => {
  it('puts the steps in order, with the seconds since the step before, the first since queueing', () => {
    const events = [
      row({ time: T + 600 }),
      row({ record: 't', time: T }),
      row({ record: 'r', time: T - 10 }),
    ];
    const complaint = late({ method: 'rcpt+time', confidence: 0.6 });
    const steps = journeys(found({ events, late: [complaint], deliveries: events }));
    expect(steps.map(({ event, seconds, method }) => [event.record, seconds, method])).toEqual([
      ['r', 0, 'messageId'],
      ['t', 10, 'messageId'],
      ['d', 600, 'messageId'],
      ['f', 400, 'rcpt+time'],
    ]);
  });

  it('leaves out what was put to another message, and keeps a complaint without a delivery', () => {
    const events = [row({}), row({ message: '12', messageId: 'm2', time: T + 5 })];
    const ofOther = late({ method: 'rcpt+time' });
    expect(journeys(found({ events, late: [ofOther], deliveries: events }))).toHaveLength(1);
    const alone = late({ message: '11' });
    expect(journeys(found({ late: [alone] }))).toMatchObject([{ method: '', confidence: 0, seconds: null }]);
  });

  it('joins an attempt without ids to the message it fits, and says where it fits several', () => {
    const bare = row({ record: 't', messageId: '', job: '', message: '50', time: T - 5 });
    const one = row({});
    expect(journeys(found({ events: [bare, one] }))).toMatchObject([
      { event: bare, method: 'orig+rcpt+timeQueued', confidence: 0.6 },
      { event: one },
    ]);
    const two = row({ message: '12', messageId: 'm2', time: T + 60 });
    expect(journeys(found({ events: [bare, one, two] }))[0]).toMatchObject({
      event: bare,
      method: 'orig+rcpt+timeQueued (ambiguous)',
      confidence: 0.3,
    });
  });

  it('tells queue events of the same VMTA and domain within five minutes, and never as its own', () => {
    const attempt = row({ record: 't' });
    const block = (more: Partial<EventRow>) => row({ record: 'block', rcpt: '', message: '0', ...more });
    const queue = [
      block({ time: T + 300 }),
      block({ time: T + 301 }),
      block({ time: T, vmta: 'v2' }),
      block({ time: T, domain: 'aol.com' }),
      block({ record: 'tq', time: T - 300 }),
    ];
    const steps = journeys(found({ events: [attempt, row({ time: T + 900 })], queue }));
    expect(
      steps.map(({ event, relation, confidence, seconds }) => [event.record, relation, confidence, seconds]),
    ).toEqual([
      ['tq', 'queue', 0, null],
      ['t', 'message', 1, 10],
      ['block', 'queue', 0, null],
      ['d', 'message', 1, 900],
    ]);
  });

  it('takes a block of the recipient for its own by job and nearness, and says where that is not sure', () => {
    const attempt = row({ record: 't' });
    const block = row({ record: 'block', messageId: '', message: '60', triple: '0', time: T + 2, queued: 0 });
    expect(journeys(found({ events: [attempt, block] }))[1]).toMatchObject({
      method: 'jobId+rcpt',
      confidence: 0.9,
    });
    const other = row({ record: 't', message: '12', messageId: 'm2', time: T + 100 });
    expect(journeys(found({ events: [attempt, block, other] }))[1]).toMatchObject({
      method: 'jobId+rcpt (ambiguous)',
    });
    expect(journeys(found({ events: [attempt, { ...block, time: T + 301 }] }))).toHaveLength(1);
  });
});
