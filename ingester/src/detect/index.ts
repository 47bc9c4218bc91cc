export { Detector, type DetectorOptions } from './detector';
export { loadDetectionRules, SHIPPED_RULES } from './loadRules';
export type { IncidentRecord, IncidentState } from './records';
export { KINDS, type DetectionRules, type Kind } from './rules';
export { watchIncidents, type DetectionWatch, type WatchOptions } from './watch';
