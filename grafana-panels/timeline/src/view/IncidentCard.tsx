import type { AbsoluteTimeRange } from '@grafana/data';
import type { TimeZone } from '@grafana/schema';
import { usePanelContext } from '@grafana/ui';
import React from 'react';
import { filterAction } from '../../../shared/actions/filtering';
import { textAt } from '../../../shared/fields/find';
import type { Acknowledgement } from '../api/incidents';
import type { TimelineOptions } from '../options';
import type { Span, SpanFields } from '../spans/types';
import { Acknowledge } from './Acknowledge';
import { Card } from './Card';
import { Causes } from './Causes';
import { choicesOf } from './choices';
import { factsOf, titleOf } from './describe';

interface Props {
  span: Span;
  fields: SpanFields;
  options: TimelineOptions;
  timeZone: TimeZone;
  at: { readonly x: number; readonly y: number };
  /** The datasource that knows the incident; undefined where it is none of ours. */
  source: string | undefined;
  /** What was said of it since the answer came. */
  said: Acknowledgement | undefined;
  onSaid: (said: Acknowledgement) => void;
  onRange: (range: AbsoluteTimeRange) => void;
  onClose: () => void;
}

/** All that is known of what lasted: of an incident of ours what explains it too, and who is on it. */
export function IncidentCard({ span, fields, options, timeZone, at, source, said, onSaid, onRange, onClose }: Props) {
  const context = usePanelContext();
  const { row, start, end } = span;
  const id = textAt(fields.id, row);
  const isOurs = source !== undefined && id !== '' && fields.ackBy !== undefined;
  return (
    <Card
      at={at}
      title={titleOf(span, fields)}
      facts={factsOf(span, fields, timeZone, isOurs ? [fields.ackBy, fields.note] : [])}
      choices={choicesOf(span, fields, { filter: filterAction(options.click, context), setRange: onRange })}
      onClose={onClose}
    >
      {isOurs && (
        <>
          <Causes uid={source} id={id} from={start} to={end} />
          <Acknowledge
            uid={source}
            id={id}
            known={said ?? { ackBy: textAt(fields.ackBy, row), note: textAt(fields.note, row) }}
            onDone={onSaid}
          />
        </>
      )}
    </Card>
  );
}
