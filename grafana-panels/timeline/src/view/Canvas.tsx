import { useTheme2 } from '@grafana/ui';
import React, { useLayoutEffect, useRef } from 'react';
import type { Paint, Sight } from '../paint/pen';
import type { Span } from '../spans/types';

interface Props<S extends Span> {
  paint: Paint<S>;
  sight: Sight<S>;
  className: string;
}

/** The drawing itself. What people do with it, and who hears of it, is beside it. */
export function Canvas<S extends Span>({ paint, sight, className }: Props<S>) {
  const theme = useTheme2();
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const pen = canvas.current?.getContext('2d');
    if (!canvas.current || !pen) {
      return;
    }
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [sight.scale.width, sight.height].map((size) => Math.max(1, Math.round(size * ratio)));
    // Setting a size takes memory anew, also where it is the same.
    if (canvas.current.width !== width || canvas.current.height !== height) {
      Object.assign(canvas.current, { width, height });
    }
    const { colors, typography } = theme;
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(pen, sight, {
      background: colors.background.primary,
      grid: colors.border.weak,
      now: colors.error.border,
      text: colors.text.primary,
      font: `${typography.bodySmall.fontSize} ${typography.fontFamily}`,
      textOn: (color) => colors.getContrastText(color),
    });
  }, [paint, sight, theme]);
  return <canvas ref={canvas} className={className} aria-hidden />;
}
