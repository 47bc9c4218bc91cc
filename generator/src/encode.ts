import type { Message } from './messages';
import { reasons, type Reason } from './reasons';
import { decimal, type StampWriter } from './stamps';
import { domains, jobs, vmtas, type Domain, type Job, type Vmta } from './world';

/** What one row tells of a message: when, and what was answered. */
export interface Told {
  time: number;
  reason: Reason;
}

/** Bytes that are chosen by an entity of the message, one text per entity. */
interface Lookup {
  source: 'fixed' | 'domain' | 'vmta' | 'job' | 'path' | 'reason';
  texts: string[];
}

/** What differs from message to message. */
interface Own {
  source: 'logged' | 'queued' | 'mailbox' | 'id' | 'tag' | 'size';
}

/** A part of a line. */
export type Part = Lookup | Own;

/** The same text in every row. */
export const fixed = (text: string): Part => ({ source: 'fixed', texts: [text] });
/** A text by recipient domain. */
export const byDomain = (text: (domain: Domain) => string): Part => ({
  source: 'domain',
  texts: domains.map(text),
});
/** A text by VMTA. */
export const byVmta = (text: (vmta: Vmta) => string): Part => ({ source: 'vmta', texts: vmtas.map(text) });
/** A text by job. */
export const byJob = (text: (job: Job) => string): Part => ({ source: 'job', texts: jobs.map(text) });
/** A text by recipient domain and VMTA. */
export const byPath = (text: (domain: Domain, vmta: Vmta) => string): Part => ({
  source: 'path',
  texts: domains.flatMap((domain) => vmtas.map((vmta) => text(domain, vmta))),
});
/** A text by what was answered. */
export const byReason = (text: (reason: Reason) => string): Part => ({
  source: 'reason',
  texts: reasons.map(text),
});
/** What the message itself brings: a time, its recipient's number, its identifiers, its size. */
export const own = (source: Own['source']): Part => ({ source });

/** Writes one line at a position of a buffer that has room for {@link Encoder.longest}; returns where it ends. */
export interface Encoder {
  /** No line is longer, in bytes. */
  longest: number;
  write(message: Message, told: Told, out: Uint8Array, at: number): number;
}

const OWN_LENGTH = 25;
const COPY_BY_LOOP = 24;

/** Compiles the parts of a line; what is known beforehand is joined beforehand. */
export function encoder(parts: readonly Part[], stamp: StampWriter): Encoder {
  const pieces = join(parts).map((part) => ({
    source: part.source,
    texts: 'texts' in part ? part.texts.map((text) => new Uint8Array(Buffer.from(text, 'utf8'))) : [],
  }));
  const longest = pieces.reduce(
    (sum, { texts }) => sum + Math.max(OWN_LENGTH, ...texts.map((text) => text.length)),
    0,
  );
  const write: Encoder['write'] = (message, told, out, start) => {
    let at = start;
    for (let i = 0; i < pieces.length; i++) {
      const { source, texts } = pieces[i] as (typeof pieces)[number];
      switch (source) {
        case 'fixed':
          at = copy(texts[0] as Uint8Array, out, at);
          break;
        case 'domain':
          at = copy(texts[message.domain.index] as Uint8Array, out, at);
          break;
        case 'vmta':
          at = copy(texts[message.vmta.index] as Uint8Array, out, at);
          break;
        case 'job':
          at = copy(texts[message.job.index] as Uint8Array, out, at);
          break;
        case 'path':
          at = copy(texts[message.domain.index * vmtas.length + message.vmta.index] as Uint8Array, out, at);
          break;
        case 'reason':
          at = copy(texts[told.reason.index] as Uint8Array, out, at);
          break;
        case 'logged':
          at = stamp(told.time, out, at);
          break;
        case 'queued':
          at = stamp(message.queued, out, at);
          break;
        case 'mailbox':
          at = decimal(message.mailbox, out, at);
          break;
        case 'id':
          at = hexadecimal(message.id, out, at);
          break;
        case 'tag':
          at = hexadecimal(message.tag, out, at);
          break;
        case 'size':
          at = decimal(message.size, out, at);
          break;
      }
    }
    return at;
  };
  return { longest, write };
}

function join(parts: readonly Part[]): Part[] {
  const joined: Part[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const both = last && 'texts' in last && 'texts' in part ? joinLookups(last, part) : undefined;
    if (both) joined[joined.length - 1] = both;
    else joined.push(part);
  }
  return joined;
}

function joinLookups(a: Lookup, b: Lookup): Lookup | undefined {
  if (a.source === b.source) return { ...a, texts: a.texts.map((text, i) => text + (b.texts[i] as string)) };
  if (b.source === 'fixed') return { ...a, texts: a.texts.map((text) => text + (b.texts[0] as string)) };
  if (a.source === 'fixed') return { ...b, texts: b.texts.map((text) => (a.texts[0] as string) + text) };
  return undefined;
}

function copy(text: Uint8Array, out: Uint8Array, at: number): number {
  const { length } = text;
  if (length > COPY_BY_LOOP) {
    out.set(text, at);
  } else {
    for (let i = 0; i < length; i++) out[at + i] = text[i] as number;
  }
  return at + length;
}

function hexadecimal(value: number, out: Uint8Array, at: number): number {
  for (let i = 0; i < 8; i++) {
    const digit = (value >>> (28 - 4 * i)) & 15;
    out[at + i] = digit < 10 ? 48 + digit : 87 + digit;
  }
  return at + 8;
}
