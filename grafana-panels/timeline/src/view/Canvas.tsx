import { useTheme2 } from '@grafana/ui';
import React, { useLayoutEffect, useRef } from 'react';
import { paint, type Drawing } from './paint';

interface Props {
  drawing: Drawing;
  className: string;
}

/** The bars, drawn. What people do with them, and who hears of them, is beside it. */
export function Canvas({ drawing, className }: Props) {
  const theme = useTheme2();
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const pen = canvas.current?.getContext('2d');
    if (!canvas.current || !pen) {
      return;
    }
    const ratio = window.devicePixelRatio || 1;
    const [width, height] = [drawing.scale.width, drawing.height].map((size) => Math.max(1, Math.round(size * ratio)));
    // Setting a size empties a canvas and takes memory anew, also where it is the same.
    if (canvas.current.width !== width || canvas.current.height !== height) {
      Object.assign(canvas.current, { width, height });
    }
    const { colors, typography } = theme;
    const look = {
      grid: colors.border.weak,
      lane: colors.border.weak,
      now: colors.error.border,
      font: `${typography.bodySmall.fontSize} ${typography.fontFamily}`,
      textOn: (color: string) => colors.getContrastText(color),
    };
    paint(pen, drawing, look, ratio);
  }, [drawing, theme]);
  return <canvas ref={canvas} className={className} aria-hidden />;
}
