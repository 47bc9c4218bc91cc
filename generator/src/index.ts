export { standardIncidents, type IncidentKind, type IncidentPlan } from './incidents';
export type { FileKind, LogOptions } from './options';
export type { Figures, LatencyTruth } from './counts';
export type { IncidentTruth } from './incidentTruth';
export type { FileTruth, Truth } from './truth';
export { writeLogs, type Written } from './write';
export { writeDemo, type DemoOptions } from './demo';
export type { Condition } from './conditions';
export { randomIncidents, scenarioNames, scenarioOf, type Scenario, type ScenarioName } from './scenarios';
