import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Icon, useStyles2, type IconName } from '@grafana/ui';
import React from 'react';

interface Props {
  /** Why nothing is drawn, and what to do about it. Shown as text. */
  message: string;
  /** A second, smaller line. */
  hint?: string | undefined;
  icon: IconName;
  /** `alert` for what is wrong, `status` for what is merely so. */
  role?: 'alert' | 'status';
}

/** What a panel shows in place of its drawing. */
export function PanelState({ message, hint, icon, role = 'status' }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <div className={styles.place} role={role}>
      <Icon name={icon} size="xl" aria-hidden />
      <div>{message}</div>
      {hint !== undefined && <div className={styles.hint}>{hint}</div>}
    </div>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  place: css({
    height: '100%',
    display: 'flex',
    flexDirection: 'column',
    alignItems: 'center',
    justifyContent: 'center',
    gap: theme.spacing(1),
    padding: theme.spacing(1),
    textAlign: 'center',
    overflow: 'auto',
    color: theme.colors.text.secondary,
  }),
  hint: css({ ...theme.typography.bodySmall }),
});
