export { answerRisk, isToldOf, readRates, readRisks, RISK_COLUMNS, type Risk } from './answerRisk';
export { levelOf, RISK_PART_NAMES, RISK_PARTS } from './score';
