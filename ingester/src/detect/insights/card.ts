import type { AnswerContext, Column, Filter, Linked, Statement, TimeRange } from '../../model';
import type { Store } from '../../store';
import type { Row } from '../figures';

/** How bad something is, the worst first. */
export const SEVERITIES = ['critical', 'warning', 'info'] as const;

/** How bad something is. */
export type Severity = (typeof SEVERITIES)[number];

/** What a card is about; of cards equally bad, in this order. */
const CARD_KINDS = ['incident', 'reputation', 'backlog', 'trend', 'reason', 'risk'] as const;

/** One thing worth knowing. */
export interface Card {
  /** Stays the same while the thing does. */
  readonly id: string;
  readonly kind: (typeof CARD_KINDS)[number];
  readonly severity: Severity;
  readonly sentence: string;
  readonly link: string;
  /** What stands behind it, where that is known; of the few cards that are shown. */
  readonly linked?: () => readonly Linked[];
  /** Whether another card says no more than this one, by its id; a card that may say so is covered by none itself. */
  readonly covers?: (id: string) => boolean;
  /** How far it is beyond what is usual: of cards of a kind and severity, the higher first. */
  readonly weight: number;
}

/** What cards are looked for in. */
export interface View {
  readonly window: TimeRange;
  readonly filters: readonly Filter[];
  readonly context: AnswerContext;
  readonly store: Pick<Store, 'read'>;
  /** Reads rows of a statement, until whoever asks has left. */
  read<T = Row>(statement: Statement): Promise<T[]>;
}

/** Columns of an answer, a row per card. */
export const INSIGHT_COLUMNS: readonly Column[] = [
  { name: 'id', kind: 'text' },
  { name: 'severity', kind: 'text' },
  { name: 'kind', kind: 'text' },
  { name: 'sentence', kind: 'text' },
  { name: 'link', kind: 'text' },
  { name: 'linked', kind: 'json' },
];

/** Worst first, the same order for the same cards, without those that another one covers; at most `limit`. */
export function ranked(cards: readonly Card[], limit: number): Card[] {
  const rank = ({ severity, kind }: Card) =>
    SEVERITIES.indexOf(severity) * CARD_KINDS.length + CARD_KINDS.indexOf(kind);
  const covering = cards.flatMap(({ covers }) => covers ?? []);
  return cards
    .filter(({ id, covers }) => covers !== undefined || !covering.some((isCovered) => isCovered(id)))
    .sort((a, b) => rank(a) - rank(b) || b.weight - a.weight || (a.id < b.id ? -1 : 1))
    .slice(0, limit);
}
