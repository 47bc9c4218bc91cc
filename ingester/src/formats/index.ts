export { columnNames } from './columns';
export { toAsciiDomains } from './domains';
export { readHeader } from './header';
export { normaliseSql } from './normalise';
export { complaintReporters, loadRules, RulesError } from './rules';
export type { Column } from './columns';
export type { HeaderResult, Layout } from './header';
export type { NormaliseOptions } from './normalise';
export type { FormatRules } from './schemas';
