import { css, keyframes } from '@emotion/css';
import type { GrafanaTheme2 } from '@grafana/data';

const pulse = keyframes({ '0%, 100%': { opacity: 1 }, '50%': { opacity: 0.45 } });

/** Classes of the drawing. */
export const getStyles = (theme: GrafanaTheme2) => ({
  place: css({ height: '100%', display: 'flex', flexDirection: 'column' }),
  scroll: css({ flex: 1, minHeight: 0, overflowX: 'hidden', overflowY: 'auto' }),
  footer: css({
    display: 'flex',
    gap: theme.spacing(0, 2),
    overflow: 'hidden',
    whiteSpace: 'nowrap',
    color: theme.colors.text.secondary,
    ...theme.typography.bodySmall,
  }),
  steps: css({ flexShrink: 0 }),
  part: css({ minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis' }),
  heading: css({
    fill: theme.colors.text.secondary,
    fontSize: theme.typography.bodySmall.fontSize,
    dominantBaseline: 'central',
  }),
  swatch: css({ display: 'inline-block', width: 10, height: 10, marginRight: theme.spacing(0.5) }),
  shape: css({
    cursor: 'pointer',
    outline: 'none',
    transition: 'opacity 100ms',
    '&:focus-visible > path, &:focus-visible > rect': { stroke: theme.colors.primary.border, strokeWidth: 2 },
  }),
  dimmed: css({ opacity: 0.15 }),
  band: css({ fillOpacity: 0.55 }),
  tried: css({ fillOpacity: 0.2 }),
  through: css({ fillOpacity: 0.75 }),
  alarming: css({
    '@media (prefers-reduced-motion: no-preference)': { animation: `${pulse} 3s ease-in-out infinite` },
  }),
  node: css({ fill: theme.colors.text.secondary }),
  label: css({
    fill: theme.colors.text.primary,
    fontSize: theme.typography.bodySmall.fontSize,
    dominantBaseline: 'central',
    pointerEvents: 'none',
    paintOrder: 'stroke',
    stroke: theme.colors.background.primary,
    strokeWidth: 3,
    strokeLinejoin: 'round',
  }),
});

/** Classes by name. */
export type ShapeStyles = ReturnType<typeof getStyles>;
