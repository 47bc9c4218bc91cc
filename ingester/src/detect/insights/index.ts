export { answerInsights } from './answerInsights';
export { INSIGHT_COLUMNS } from './card';
