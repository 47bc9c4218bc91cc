import { INCIDENT_DIMENSIONS } from '../../model';
import { dashboardLink, type Named } from '../links';
import { SEVERITIES, type Card, type View } from './card';

const WAR_ROOM = 'pmta-war-room';

/** The incidents that touch the window and its filters, as far as these name what an incident is about. */
export async function incidentCards({ window: [from, to], filters, context }: View): Promise<Card[]> {
  const found = await context.incidents?.incidentsIn({ from: from * 1000, to: to * 1000 }, context.signal);
  return (found ?? []).flatMap(({ id, severity, start, end, entity, sentence }): Card[] => {
    const named = INCIDENT_DIMENSIONS.flatMap((dimension): Named[] => {
      const value = entity[dimension];
      return value === undefined || value === '' ? [] : [{ dimension, value }];
    });
    const isMeant = filters.every(({ dimension, operator, values }) => {
      const one = named.find((each) => each.dimension === dimension);
      return !one || (operator !== '=' && operator !== 'in') || values.includes(one.value);
    });
    if (!isMeant) return [];
    const span = [Math.floor(start / 1000), end === null ? to : Math.ceil(end / 1000)] as const;
    return [
      {
        id: `incident:${id}`,
        kind: 'incident',
        severity: SEVERITIES.find((known) => known === severity) ?? 'info',
        sentence,
        link: dashboardLink(named, span, WAR_ROOM),
        // One that goes on, then the newest.
        weight: end === null ? Infinity : start,
      },
    ];
  });
}
