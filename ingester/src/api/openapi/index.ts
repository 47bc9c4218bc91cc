export * as answers from './answers';
export { json, parametersOf, pathParameter, queryParameters, text, type Example, type RouteDoc } from './doc';
export { openApiDocument } from './document';
export { DAY, MESSAGE, QUERY_EXAMPLES } from './examples';
