export { answerCauses } from './answerCauses';
export { CAUSE_COLUMNS } from './rows';
export { findingAt, isBeyondChance, rateOf, type RateFinding, type Sides } from './findings';
export { RATE_SYMPTOMS, SYMPTOMS, symptomsOf } from './symptoms';
