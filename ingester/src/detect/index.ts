import type { Diagnosis } from '../model';
import { answerCauses } from './causes';
import { answerInsights } from './insights';
import { answerRisk } from './risk';

export { CAUSE_COLUMNS } from './causes';
export { INSIGHT_COLUMNS } from './insights';
export { RISK_COLUMNS } from './risk';
export { Detector, type DetectorOptions } from './detector';
export { knownIncidents } from './known';
export { loadDetectionRules, SHIPPED_RULES } from './loadRules';
export type { IncidentRecord, IncidentState } from './records';
export { KINDS, type DetectionRules, type Kind } from './rules';
export { watchIncidents, type DetectionWatch, type WatchOptions } from './watch';

/** Answers of what is wrong, why, and who is at risk. */
export const diagnosis: Diagnosis = { risk: answerRisk, causes: answerCauses, insights: answerInsights };
