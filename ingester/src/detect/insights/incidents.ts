import {
  INCIDENT_DIMENSIONS,
  incidentLink,
  linkedOf,
  ownersOf,
  type KnownIncident,
  type Named,
} from '../../model';
import { symptomsOf } from '../causes';
import { SEVERITIES, type Card, type View } from './card';

/** What says no more than an incident: its reason, and trends of its symptoms, at its provider and in all mail, or anywhere. */
function coveredBy({ kind, entity: { provider }, sentence }: KnownIncident): (id: string) => boolean {
  const symptoms: readonly string[] = symptomsOf(kind) ?? [];
  return (id) => {
    const [source, what = '', where = ''] = id.split(':');
    if (source === 'reason')
      return kind === 'new_reason' && sentence.includes(`"${id.slice('reason:'.length)}"`);
    const isThere = provider === undefined || where === '' || where === provider;
    return source === 'trend' && symptoms.includes(what) && isThere;
  };
}

/**
 * The incidents that touch the window and its filters, as far as these name what an incident is about; none of those that
 * are a symptom of another one.
 */
export async function incidentCards({ window: [from, to], filters, context, store }: View): Promise<Card[]> {
  const { incidents, signal } = context;
  const found = (await incidents?.incidentsIn({ from: from * 1000, to: to * 1000 }, signal)) ?? [];
  const jobs = found.flatMap(({ behind }) => behind.filter(([name]) => name === 'job').map(([, job]) => job));
  const owners = await ownersOf(store, jobs, signal);
  const ids = new Set(found.map(({ id }) => id));
  return found.flatMap((each): Card[] => {
    const { id, kind, severity, start, end, entity, sentence, behind, symptomOf = '' } = each;
    if (ids.has(symptomOf)) return [];
    const named = INCIDENT_DIMENSIONS.flatMap((dimension): Named[] => {
      const value = entity[dimension];
      return value === undefined || value === '' ? [] : [{ dimension, value }];
    });
    const isMeant = filters.every(({ dimension, operator, values }) => {
      const one = named.find((about) => about.dimension === dimension);
      return !one || (operator !== '=' && operator !== 'in') || values.includes(one.value);
    });
    if (!isMeant) return [];
    const span = { start: Math.floor(start / 1000), end: end === null ? to : Math.ceil(end / 1000) };
    const incident = { kind, named, ...span };
    return [
      {
        id: `incident:${id}`,
        kind: 'incident',
        severity: SEVERITIES.find((known) => known === severity) ?? 'info',
        sentence,
        link: incidentLink(incident),
        linked: () => linkedOf(incident, behind, owners),
        covers: coveredBy(each),
        // One that goes on, then the newest.
        weight: end === null ? Infinity : start,
      },
    ];
  });
}
