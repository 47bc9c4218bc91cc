import { css, keyframes } from '@emotion/css';
import { colorManipulator, type GrafanaTheme2 } from '@grafana/data';
import { HEAD } from '../layout/layout';

const pulse = keyframes({ '0%, 100%': { opacity: 1 }, '50%': { opacity: 0.55 } });

const mixed = (percent: number) => `color-mix(in srgb, var(--state) ${percent}%, transparent)`;

/** Stripes as of a barrier, so dark in every theme that nothing else on a board looks like them. */
function stripesOf({ colors }: GrafanaTheme2): { color: string; background: string } {
  const [deep, deeper] = [0.7, 0.9].map((by) => colorManipulator.darken(colors.error.main, by));
  return {
    color: colors.getContrastText(deeper ?? ''),
    background: `repeating-linear-gradient(135deg, ${deeper} 0 6px, ${deep} 6px 12px)`,
  };
}

/** Classes of the board. */
export const getStyles = (theme: GrafanaTheme2) => ({
  place: css({ height: '100%', display: 'flex', flexDirection: 'column', gap: theme.spacing(0.5) }),
  scroll: css({ flex: 1, minHeight: 0, overflowX: 'hidden', overflowY: 'auto' }),
  board: css({ position: 'relative' }),
  group: css({
    position: 'absolute',
    height: HEAD,
    overflow: 'hidden',
    whiteSpace: 'nowrap',
    textOverflow: 'ellipsis',
    color: theme.colors.text.secondary,
    fontSize: 11,
    lineHeight: `${HEAD}px`,
  }),
  // Hundreds of them change at once: one level of flex, and no more layers than must be.
  cell: css({
    position: 'absolute',
    zIndex: 0,
    contain: 'layout size style',
    borderRadius: 2,
    borderLeft: '3px solid var(--state)',
    color: theme.colors.text.maxContrast,
    cursor: 'pointer',
    fontVariantNumeric: 'tabular-nums',
    '&:hover': { boxShadow: `inset 0 0 0 1px ${theme.colors.text.primary}` },
    '&:focus-visible': { outline: `2px solid ${theme.colors.primary.border}`, outlineOffset: -2 },
  }),
  large: css({ padding: theme.spacing(0.75, 1), fontSize: 13, '--name': '16px', '--value': '20px', '--gap': '24px' }),
  full: css({ padding: theme.spacing(0.5, 0.75), fontSize: 11, '--name': '12px', '--value': '14px', '--gap': '8px' }),
  compact: css({ padding: '1px 3px', fontSize: 9, lineHeight: 1.3, '--name': '11px', '--value': '11px' }),
  small: css({ padding: '0 3px', lineHeight: '18px', '--name': '10px', '--value': '10px' }),
  fine: css({ background: mixed(14) }),
  bad: css({ background: mixed(42) }),
  unjudged: css({
    '--state': theme.colors.text.disabled,
    background: theme.colors.background.secondary,
    color: theme.colors.text.secondary,
  }),
  dark: css({
    '--state': theme.colors.error.main,
    ...stripesOf(theme),
    boxShadow: `inset 0 0 0 2px ${theme.colors.error.main}`,
    '@media (prefers-reduced-motion: no-preference)': { animation: `${pulse} 2.4s ease-in-out infinite` },
  }),
  head: css({ display: 'flex', gap: 4, alignItems: 'baseline' }),
  // The end of a long name tells it from its neighbours, so its beginning is what is cut off.
  name: css({
    flex: 1,
    minWidth: 0,
    overflow: 'clip',
    direction: 'rtl',
    textAlign: 'left',
    whiteSpace: 'pre',
    fontSize: 'var(--name)',
    fontWeight: theme.typography.fontWeightMedium,
  }),
  value: css({
    fontSize: 'var(--value)',
    fontWeight: theme.typography.fontWeightBold,
    whiteSpace: 'nowrap',
  }),
  facts: css({
    display: 'flex',
    justifyContent: 'space-between',
    gap: 4,
    marginTop: 'var(--gap)',
    overflow: 'clip',
    whiteSpace: 'nowrap',
  }),
  spark: css({
    position: 'absolute',
    zIndex: -1,
    inset: 0,
    width: '100%',
    height: '100%',
    pointerEvents: 'none',
    '& path': { fill: 'var(--state)', fillOpacity: 0.28, stroke: 'none' },
  }),
  legend: css({
    display: 'flex',
    flexWrap: 'wrap',
    gap: theme.spacing(0, 2),
    color: theme.colors.text.secondary,
    ...theme.typography.bodySmall,
  }),
  swatch: css({ display: 'inline-block', width: 10, height: 10, marginRight: theme.spacing(0.5) }),
  unseen: css({ position: 'absolute', width: 1, height: 1, overflow: 'hidden', clipPath: 'inset(50%)' }),
});

/** Classes by name. */
export type BoardStyles = ReturnType<typeof getStyles>;
