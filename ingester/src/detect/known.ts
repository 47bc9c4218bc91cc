import { BACKFILL, touching, type IncidentSource, type KnownIncident } from '../model';
import type { ReadOptions, Store } from '../store';
import type { Behind } from './behind';
import { entityOf, readIncidents, type IncidentRecord } from './records';

/** The incidents of a store, for whoever asks why they are. */
export function knownIncidents(store: Pick<Store, 'read'>): IncidentSource {
  const read = (where: string, params: Record<string, unknown>, signal?: AbortSignal) => {
    const options: ReadOptions = { params, ...(signal && { signal }) };
    return readIncidents(store, `i.state != 'retracted' AND ${where}`, options);
  };
  return {
    findIncident: async (id, signal) => {
      const [found] = await read('i.id = {id:String}', { id }, signal);
      return found && known(found);
    },
    incidentsIn: async (range, signal) =>
      (
        await read(
          `i.kind != '${BACKFILL}' AND ${touching(range).join(' AND ')} ORDER BY i.start, i.id`,
          {},
          signal,
        )
      ).map(known),
  };
}

function known(record: IncidentRecord): KnownIncident {
  const { id, kind, severity, start, finish, state, sentence, symptomOf } = record;
  // Mail without a job is known by the domain of its sender.
  const { sender: senderDomain, ...entity } = entityOf(record);
  return {
    id,
    kind,
    severity,
    start: start * 1000,
    end: state === 'closed' ? finish * 1000 : null,
    entity: { ...entity, ...(senderDomain !== undefined && { senderDomain }) },
    sentence,
    behind: JSON.parse(record.behind) as Behind[],
    ...(symptomOf !== '' && { symptomOf }),
  };
}
