import type { Extent } from './plan';

/** A figure, and what it should be. */
export interface Figure {
  name: string;
  value: number;
  unit: string;
  /** The least or the most it may be; absent for a figure that is only told. */
  target?: { atLeast: number } | { atMost: number };
}

/** Everything one run found. */
export interface Report {
  date: string;
  extent: Extent;
  machine: { cpu: string; cores: number; memoryBytes: number; node: string; platform: string };
  figures: Figure[];
  /** What the figures were worked out from, by measurement. */
  samples: Record<string, unknown>;
}

/** `ok` or `misses`; empty for a figure without a target. */
export function verdict({ value, target }: Figure): 'ok' | 'misses' | '' {
  if (!target) return '';
  return ('atLeast' in target ? value >= target.atLeast : value <= target.atMost) ? 'ok' : 'misses';
}

/** The figures as a table for a terminal: name, value with unit, target, verdict. */
export function renderReport({ figures, machine, extent }: Report): string {
  const rows = figures.map((figure) => [
    figure.name,
    `${shown(figure.value)} ${figure.unit}`.trim(),
    figure.target ? targetText(figure.target) : '',
    verdict(figure),
  ]);
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const title = `${extent}, ${machine.cores} cores, ${machine.cpu}, Node ${machine.node}`;
  const caution =
    extent === 'quick' ? ['Its files are too small to judge by: it only shows that all works.'] : [];
  return [title, ...caution, '', ...lines, ''].join('\n');
}

function targetText(target: NonNullable<Figure['target']>): string {
  return 'atLeast' in target ? `>= ${shown(target.atLeast)}` : `<= ${shown(target.atMost)}`;
}

/** Three significant digits, thousands grouped. */
function shown(value: number): string {
  return value >= 1000
    ? Math.round(value).toLocaleString('en')
    : value.toLocaleString('en', { maximumSignificantDigits: 3 });
}
