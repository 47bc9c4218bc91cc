export { answerRisk, isToldOf, readRisks, RISK_COLUMNS, type Risk } from './answerRisk';
export { levelOf, RISK_PART_NAMES, RISK_PARTS } from './score';
