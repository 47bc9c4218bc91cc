import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import { Portal, VizTooltipContainer, useStyles2 } from '@grafana/ui';
import React from 'react';
import type { Fact } from '../fields/shown';

interface Props {
  /** Where on the page. */
  at: { readonly x: number; readonly y: number };
  /** A name, or a sentence of any length. */
  title: string;
  facts: readonly Fact[];
}

const OFFSET = { x: 12, y: 12 };

/**
 * What is known of the thing under the mouse, or of the one that the keyboard is on. Grafana 13.1.0 gives plugins the place of a
 * tooltip and none of its parts.
 */
export function FactTooltip({ at, title, facts }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <Portal>
      <VizTooltipContainer position={at} offset={OFFSET} role="tooltip" className={styles.place}>
        <div className={styles.title}>{title}</div>
        <dl className={styles.facts}>
          {facts.map(({ label, value }, i) => (
            <React.Fragment key={i}>
              <dt className={styles.label}>{label}</dt>
              <dd className={styles.value}>{value}</dd>
            </React.Fragment>
          ))}
        </dl>
      </VizTooltipContainer>
    </Portal>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  place: css({
    maxWidth: 'min(420px, 90vw)',
    // Grafana's container measures one that is taller than the window again and again.
    maxHeight: 'calc(100vh - 40px)',
    overflow: 'hidden',
    padding: theme.spacing(1, 1.5),
    ...theme.typography.bodySmall,
  }),
  title: css({
    paddingBottom: theme.spacing(0.75),
    borderBottom: `1px solid ${theme.colors.border.weak}`,
    fontWeight: theme.typography.fontWeightMedium,
    overflowWrap: 'anywhere',
    unicodeBidi: 'isolate',
  }),
  facts: css({
    display: 'grid',
    gridTemplateColumns: 'auto 1fr',
    gap: theme.spacing(0.25, 2),
    margin: theme.spacing(0.75, 0, 0),
  }),
  label: css({ color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightRegular }),
  value: css({ margin: 0, textAlign: 'right', overflowWrap: 'anywhere' }),
});
