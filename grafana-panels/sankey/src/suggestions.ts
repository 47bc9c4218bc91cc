import {
  VisualizationSuggestionScore,
  type PanelDataSummary,
  type VisualizationSuggestionsSupplier,
} from '@grafana/data';
import { defaults, type SankeyOptions } from './options';
import { chooseFields } from './view/choose';

/** Offers the panel for data that has links: certain of it where the fields have their usual names. */
export const suggest: VisualizationSuggestionsSupplier<SankeyOptions> = (summary: PanelDataSummary) => {
  const choice = chooseFields(summary.rawFrames ?? [], defaults);
  return 'fields' in choice ? [{ name: 'Sankey', score: VisualizationSuggestionScore.Best }] : undefined;
};
