import { t } from '../../../shared/texts';
import { Button, useStyles2 } from '@grafana/ui';
import React from 'react';
import { getStyles } from './styles';

interface Props {
  onTake: () => void;
  onReset: () => void;
}

/** What can be done with a part that somebody zoomed into. */
export function ZoomBar({ onTake, onReset }: Props) {
  const styles = useStyles2(getStyles);
  const look = { variant: 'secondary', size: 'sm' } as const;
  return (
    <div className={styles.zoom}>
      <Button {...look} icon="clock-nine" onClick={onTake}>
        {t('timeline.take', 'Set the dashboard to this time')}
      </Button>
      <Button {...look} icon="search-minus" onClick={onReset}>
        {t('timeline.whole', 'Show all')}
      </Button>
    </div>
  );
}
