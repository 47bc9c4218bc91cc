import { line, type Line } from './grid';
import { openIncidents } from './panels/incidents';
import { JUDGED } from './panels/look';
import { stat } from './panels/stat';
import { guide } from './panels/text';
import { ask } from './questions';

/** What every dashboard begins with: open incidents of the mail that is chosen, how old the newest event is, and a guide. */
export function firstLine(text: string): Line {
  return line(6, [14, openIncidents()], [4, newestEvent], [6, guide(text)]);
}

const newestEvent = stat({
  title: 'Newest event',
  description: 'Age of the newest event that was loaded: what is shown ends there',
  targets: [ask({ queryType: 'service', metrics: ['newestEventAgeSeconds'], format: 'numeric' })],
  unit: 's',
  steps: JUDGED.eventAge,
  noValue: 'No logs yet',
});
