import {
  VisualizationSuggestionScore,
  type PanelDataSummary,
  type VisualizationSuggestionsSupplier,
} from '@grafana/data';
import { readBoard } from './board/read';
import { NAMES, defaults, type PulseOptions } from './options';

/** Offers the panel for data with a state of several VMTAs, IPs, pools or providers. */
export const suggest: VisualizationSuggestionsSupplier<PulseOptions> = (summary: PanelDataSummary) => {
  const read = readBoard(summary.rawFrames ?? [], defaults);
  const several = 'entities' in read && read.entities.length > 1;
  return several && read.entities.every(({ dimension }) => NAMES.includes(dimension))
    ? [{ name: 'Pulse board', score: VisualizationSuggestionScore.Good }]
    : undefined;
};
