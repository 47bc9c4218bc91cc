import {
  Portal,
  VizTooltipContainer,
  VizTooltipContent,
  VizTooltipHeader,
  VizTooltipWrapper,
  VizTooltipColorPlacement,
} from '@grafana/ui';
import React from 'react';
import type { Fact } from '../fields/shown';

interface Props {
  /** Where on the page. */
  at: { readonly x: number; readonly y: number };
  title: string;
  facts: readonly Fact[];
}

const OFFSET = { x: 12, y: 12 };

/** What is known of the thing under the mouse, or of the one that the keyboard is on. */
export function FactTooltip({ at, title, facts }: Props) {
  return (
    <Portal>
      <VizTooltipContainer position={at} offset={OFFSET} role="tooltip">
        <VizTooltipWrapper>
          <VizTooltipHeader item={{ label: title, value: '', colorPlacement: VizTooltipColorPlacement.hidden }} />
          <VizTooltipContent
            items={facts.map((fact) => ({ ...fact, colorPlacement: VizTooltipColorPlacement.hidden }))}
          />
        </VizTooltipWrapper>
      </VizTooltipContainer>
    </Portal>
  );
}
