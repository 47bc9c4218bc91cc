import { Button, TextArea, useStyles2 } from '@grafana/ui';
import React, { useState } from 'react';
import { t } from '../../../shared/texts';
import { tellDone, tellFailed } from '../../../shared/told';
import { LONGEST_NOTE, acknowledge, mayAcknowledge, type Acknowledgement } from '../api/incidents';
import { getStyles } from './styles';

interface Props {
  /** Datasource and incident. */
  uid: string;
  id: string;
  known: Acknowledgement;
  onDone: (acknowledgement: Acknowledgement) => void;
}

/** Who is on an incident, with their note; and a place to say that one is, for those who may. */
export function Acknowledge({ uid, id, known, onDone }: Props) {
  const styles = useStyles2(getStyles);
  const [note, setNote] = useState(known.note);
  const [isSending, setSending] = useState(false);
  const send = async () => {
    setSending(true);
    try {
      onDone(await acknowledge(uid, id, note));
      tellDone(t('timeline.acknowledged', 'The incident is acknowledged'));
    } catch (error) {
      tellFailed(t('timeline.not-acknowledged', 'The incident was not acknowledged'), error);
    } finally {
      setSending(false);
    }
  };
  return (
    <div className={styles.acknowledge}>
      {known.ackBy !== '' && (
        <div>
          {t('timeline.acknowledged-by', 'Acknowledged by {{person}}', { person: known.ackBy })}
          {known.note !== '' && `: ${known.note}`}
        </div>
      )}
      {mayAcknowledge() && (
        <>
          <TextArea
            aria-label={t('timeline.note', 'Note')}
            placeholder={t('timeline.note-hint', 'What is being done about it')}
            rows={2}
            maxLength={LONGEST_NOTE}
            value={note}
            onChange={(event) => setNote(event.currentTarget.value)}
          />
          <Button size="sm" disabled={isSending} onClick={() => void send()}>
            {known.ackBy === '' ? t('timeline.acknowledge', 'Acknowledge') : t('timeline.replace', 'Replace the note')}
          </Button>
        </>
      )}
    </div>
  );
}
