import type { IncomingMessage } from 'node:http';
import type { Asker } from '../store';
import type { Access } from './access';

/** Headers by which Grafana's backend says who asks, and the names they have in the log. */
const TOLD = ['user', 'org', 'dashboard', 'panel', 'rule'] as const;

/** Longest text of them that is kept. */
const MAX_TEXT = 200;

/** Who sent a request, as far as it is known: what stands in the log, and whose turn its reads take. */
export interface Person extends Asker {
  readonly told: Readonly<Partial<Record<(typeof TOLD)[number], string>>>;
}

/** Who sent a request. What its headers say counts only beside a valid key; without one it is the address that asks. */
export function personOf({ headers, socket }: IncomingMessage, { role }: Access): Person {
  const told: Record<string, string> = {};
  if (role !== undefined) {
    for (const name of TOLD) {
      const value = headers[`x-watchtower-${name}`];
      if (typeof value === 'string' && value !== '') told[name] = value.slice(0, MAX_TEXT);
    }
  }
  return {
    owner: JSON.stringify([role ?? null, told['user'] ?? socket.remoteAddress ?? '']),
    urgent: told['rule'] !== undefined,
    told,
  };
}
