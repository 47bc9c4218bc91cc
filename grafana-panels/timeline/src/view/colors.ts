import { FieldType, getDisplayProcessor, type Field, type GrafanaTheme2 } from '@grafana/data';

/** Gives rows their colour. */
export type Painter = (row: number) => string;

/**
 * Colours of rows by a field: as its mappings, thresholds or fixed colour say; else words of a severity or outcome in the colours
 * they have everywhere; else each value one of the palette's, the same one in every answer.
 */
export function painterOf(field: Field | undefined, theme: GrafanaTheme2): Painter {
  if (!field) {
    return () => theme.colors.text.disabled;
  }
  const mappedColor = mappedColors(field, theme);
  const words = wordColors(theme);
  const known = new Map<unknown, string>();
  const colorOf = (value: unknown) =>
    value === null || value === undefined || value === ''
      ? theme.colors.text.disabled
      : (mappedColor(value) ??
        configuredColor(field, value, theme) ??
        words.get(String(value)) ??
        paletteColor(String(value), theme));
  return (row) => {
    const value: unknown = field.values[row];
    const color = known.get(value) ?? colorOf(value);
    known.set(value, color);
    return color;
  };
}

/** No mapping gives this colour: where it comes back, none was meant. */
const UNMAPPED = '#01020300';

/** The colour that a field's mappings give a value. */
function mappedColors(field: Field, theme: GrafanaTheme2): (value: unknown) => string | undefined {
  const { mappings } = field.config;
  if (!mappings?.length) {
    return () => undefined;
  }
  const config = { mappings, color: { mode: 'fixed', fixedColor: UNMAPPED } };
  const display = getDisplayProcessor({ field: { ...field, config }, theme });
  return (value) => {
    const { color } = display(value);
    return color === UNMAPPED ? undefined : color;
  };
}

function configuredColor(field: Field, value: unknown, theme: GrafanaTheme2): string | undefined {
  const { color } = field.config;
  if (color?.mode === 'fixed' && color.fixedColor !== undefined) {
    return theme.visualization.getColorByName(color.fixedColor);
  }
  return field.type === FieldType.number ? field.display?.(value).color : undefined;
}

function wordColors({ colors, visualization }: GrafanaTheme2): ReadonlyMap<string, string> {
  const [bad, doubtful, good] = [colors.error.main, colors.warning.main, colors.success.main];
  return new Map([
    ...['critical', 'error', 'bounced', 'complaint', 'block'].map((word) => [word, bad] as const),
    ...['warning', 'deferred', 'remote bounce', 'open'].map((word) => [word, doubtful] as const),
    ...['delivered', 'ok', 'success'].map((word) => [word, good] as const),
    ...['info', 'received', 'queued'].map((word) => [word, colors.info.main] as const),
    ...['queue deferral', 'queue block', 'status'].map((word) => [word, colors.text.disabled] as const),
    ['provisional', visualization.getColorByName('purple')] as const,
  ]);
}

/** A name has its colour by itself: neither others that come nor their order change it. */
function paletteColor(word: string, { visualization }: GrafanaTheme2): string {
  let hash = 0;
  for (const letter of word) {
    hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 65_521;
  }
  const { palette } = visualization;
  return visualization.getColorByName(palette[hash % palette.length] ?? 'blue');
}
