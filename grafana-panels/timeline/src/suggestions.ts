import {
  FieldType,
  VisualizationSuggestionScore,
  type PanelDataSummary,
  type VisualizationSuggestionsSupplier,
} from '@grafana/data';
import { defaults, type TimelineOptions } from './options';
import { chooseSpans } from './spans/choose';

/** Offers the panel for what lasts: certain of it for incidents. */
export const suggest: VisualizationSuggestionsSupplier<TimelineOptions> = (summary: PanelDataSummary) => {
  const choice = chooseSpans(summary.rawFrames ?? [], defaults);
  // Any time is a start: without an end, other panels show it better.
  if (!('fields' in choice) || !choice.fields.end) {
    return undefined;
  }
  const isIncidents = choice.fields.state !== undefined && choice.fields.sentence !== undefined;
  const texts = choice.fields.frame.fields.some(({ type }) => type === FieldType.string);
  const score = isIncidents ? VisualizationSuggestionScore.Best : VisualizationSuggestionScore.OK;
  return texts ? [{ name: 'Timeline', score }] : undefined;
};
