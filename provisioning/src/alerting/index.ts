import { rulesFile } from './file';
import { figureRules } from './figures';
import { incidentRules } from './incidents';
import { serviceRules } from './service';

export { messages } from './messages';

/** Every alert rule of the suite. */
export const rules = [...incidentRules, ...figureRules, ...serviceRules];

/** Seconds from one evaluation of a group to the next: figures of a day do not change in seconds. */
export const INTERVALS = { incidents: 10, figures: 60, service: 10 } as const;

/** What stands in the file of rules. */
export const alertRules = rulesFile(rules, INTERVALS);
