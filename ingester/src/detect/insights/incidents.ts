import { INCIDENT_DIMENSIONS, incidentLink, linkedOf, ownersOf, type Named } from '../../model';
import { SEVERITIES, type Card, type View } from './card';

/** The incidents that touch the window and its filters, as far as these name what an incident is about. */
export async function incidentCards({ window: [from, to], filters, context, store }: View): Promise<Card[]> {
  const { incidents, signal } = context;
  const found = (await incidents?.incidentsIn({ from: from * 1000, to: to * 1000 }, signal)) ?? [];
  const jobs = found.flatMap(({ behind }) => behind.filter(([name]) => name === 'job').map(([, job]) => job));
  const owners = await ownersOf(store, jobs, signal);
  return found.flatMap(({ id, kind, severity, start, end, entity, sentence, behind }): Card[] => {
    const named = INCIDENT_DIMENSIONS.flatMap((dimension): Named[] => {
      const value = entity[dimension];
      return value === undefined || value === '' ? [] : [{ dimension, value }];
    });
    const isMeant = filters.every(({ dimension, operator, values }) => {
      const one = named.find((each) => each.dimension === dimension);
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
        linked: linkedOf(incident, behind, owners),
        // One that goes on, then the newest.
        weight: end === null ? Infinity : start,
      },
    ];
  });
}
