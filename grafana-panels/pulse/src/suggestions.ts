import {
  VisualizationSuggestionScore,
  type PanelDataSummary,
  type VisualizationSuggestionsSupplier,
} from '@grafana/data';
import { lowIsBad } from './board/board';
import { readBoard } from './board/read';
import { DEFERRAL, SUCCESS } from './colors';
import { NAMES, defaults, type PulseOptions } from './options';

/** Offers the panel for data with a state of several VMTAs, IPs, pools or providers. */
export const suggest: VisualizationSuggestionsSupplier<PulseOptions> = (summary: PanelDataSummary) => {
  const read = readBoard(summary.rawFrames ?? [], defaults);
  const entities = 'entities' in read ? read.entities : [];
  if (entities.length < 2 || !entities.every(({ dimension }) => NAMES.includes(dimension))) {
    return undefined;
  }
  const state = entities.find(({ readings }) => readings.state)?.readings.state?.field;
  // Grafana would keep the thresholds of the panel before, which are seldom those of a rate.
  const fieldConfig = { defaults: lowIsBad(state, defaults) ? SUCCESS : DEFERRAL, overrides: [] };
  return [{ name: 'Pulse board', fieldConfig, score: VisualizationSuggestionScore.Good }];
};
