import { css } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';
import {
  Portal,
  VizTooltipContainer,
  VizTooltipContent,
  VizTooltipWrapper,
  VizTooltipColorPlacement,
  useStyles2,
} from '@grafana/ui';
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

/** What is known of the thing under the mouse, or of the one that the keyboard is on. */
export function FactTooltip({ at, title, facts }: Props) {
  const styles = useStyles2(getStyles);
  return (
    <Portal>
      <VizTooltipContainer position={at} offset={OFFSET} role="tooltip" className={styles.place}>
        <VizTooltipWrapper>
          <div className={styles.title}>{title}</div>
          <VizTooltipContent
            items={facts.map((fact) => ({ ...fact, colorPlacement: VizTooltipColorPlacement.hidden }))}
          />
        </VizTooltipWrapper>
      </VizTooltipContainer>
    </Portal>
  );
}

const getStyles = (theme: GrafanaTheme2) => ({
  place: css({ maxWidth: 'min(420px, 90vw)' }),
  title: css({ padding: theme.spacing(1), overflowWrap: 'anywhere', unicodeBidi: 'isolate' }),
});
