import { useStyles2 } from '@grafana/ui';
import React, { useEffect, useState } from 'react';
import { t } from '../../../shared/texts';
import { causesOf, type Cause } from '../api/incidents';
import { getStyles } from './styles';

interface Props {
  /** Datasource and incident. */
  uid: string;
  id: string;
  /** When the incident was, epoch milliseconds. */
  from: number;
  to: number;
}

/** What explains an incident: asked for when somebody wants to know, as it takes a while. */
export function Causes({ uid, id, from, to }: Props) {
  const styles = useStyles2(getStyles);
  const [causes, setCauses] = useState<readonly Cause[] | Error>();
  useEffect(() => {
    let isWanted = true;
    const take = (answer: readonly Cause[] | Error) => isWanted && setCauses(answer);
    causesOf(uid, id, { from, to }).then(take, (error: unknown) =>
      take(error instanceof Error ? error : new Error(String(error)))
    );
    return () => {
      isWanted = false;
    };
    // What goes on becomes longer with every answer: its causes are not asked for anew each time.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [uid, id, from]);
  return (
    <div className={styles.causes} aria-live="polite">
      <strong>{t('timeline.causes', 'Causes')}</strong>
      {causes === undefined && <div>{t('timeline.causes-asked', 'Being looked for …')}</div>}
      {causes instanceof Error && (
        <div>{t('timeline.causes-failed', 'They could not be looked for: {{why}}', { why: causes.message })}</div>
      )}
      {Array.isArray(causes) && causes.length === 0 && (
        <div>{t('timeline.no-causes', 'Nothing changed beyond what chance explains')}</div>
      )}
      {Array.isArray(causes) && causes.length > 0 && (
        <ul>
          {causes.map(({ sentence, confidence }: Cause) => (
            <li key={sentence}>
              {sentence}
              {confidence !== null &&
                ` (${t('timeline.sure', '{{percent}} % sure', { percent: Math.round(confidence * 100) })})`}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
