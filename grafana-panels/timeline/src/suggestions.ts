import {
  FieldType,
  VisualizationSuggestionScore,
  type PanelDataSummary,
  type VisualizationSuggestionsSupplier,
} from '@grafana/data';
import { defaults, type TimelineOptions } from './options';
import { hasSteps } from './message/choose';
import { chooseSpans } from './spans/choose';

/** Offers the panel for what lasts and for steps of messages: certain of it for the answers of our own datasource. */
export const suggest: VisualizationSuggestionsSupplier<TimelineOptions> = (summary: PanelDataSummary) => {
  const frames = summary.rawFrames ?? [];
  if (frames.some(hasSteps)) {
    return [{ name: 'Timeline', score: VisualizationSuggestionScore.Best }];
  }
  const choice = chooseSpans(frames, defaults);
  // Any time is a start: without an end, other panels show it better.
  if (!('fields' in choice) || !choice.fields.end) {
    return undefined;
  }
  const isIncidents = choice.fields.state !== undefined && choice.fields.sentence !== undefined;
  const texts = choice.fields.frame.fields.some(({ type }) => type === FieldType.string);
  const score = isIncidents ? VisualizationSuggestionScore.Best : VisualizationSuggestionScore.OK;
  return texts ? [{ name: 'Timeline', score }] : undefined;
};
