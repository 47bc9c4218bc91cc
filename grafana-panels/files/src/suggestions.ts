import {
  VisualizationSuggestionScore,
  type PanelDataSummary,
  type VisualizationSuggestionsSupplier,
} from '@grafana/data';
import { readFiles } from './files/read';
import type { FilesOptions } from './options';

/** Offers the panel for a list of log files. */
export const suggest: VisualizationSuggestionsSupplier<FilesOptions> = (summary: PanelDataSummary) => {
  const read = readFiles(summary.rawFrames ?? []);
  return 'files' in read && read.fields.bytes && read.fields.rows
    ? [{ name: 'Log files', score: VisualizationSuggestionScore.Best }]
    : undefined;
};
