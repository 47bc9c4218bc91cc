import {
  VisualizationSuggestionScore,
  type PanelDataSummary,
  type VisualizationSuggestionsSupplier,
} from '@grafana/data';
import { HEALTH } from './colors';
import { defaults, type SankeyOptions } from './options';
import { chooseFields } from './view/choose';

/** Offers the panel for data that has links: certain of it where the fields have their usual names. */
export const suggest: VisualizationSuggestionsSupplier<SankeyOptions> = (summary: PanelDataSummary) => {
  const choice = chooseFields(summary.rawFrames ?? [], defaults);
  // Grafana would keep the thresholds of the panel before, which are seldom those of a rate.
  const fieldConfig = { defaults: HEALTH, overrides: [] };
  return 'fields' in choice ? [{ name: 'Sankey', fieldConfig, score: VisualizationSuggestionScore.Best }] : undefined;
};
