const words = (text: string) => text.trim().split(/\s+/);

/** Aggregate functions; each may carry `If`, `Array`, `OrNull` or `Distinct` behind its name. */
const AGGREGATES = words(`
  any anyLast argMax argMin avg avgWeighted corr count covarPop groupArray groupUniqArray kurtPop max median min
  quantile quantileExact quantileExactWeighted quantileTDigest quantileTDigestWeighted quantiles quantilesExact
  skewPop stddevPop stddevSamp sum topK uniq uniqCombined uniqExact varPop varSamp`);

const COMBINATORS = ['', 'If', 'Array', 'OrNull', 'Distinct'];

const PLAIN = words(`
  abs accurateCastOrNull and array arrayCount arrayDistinct arrayElement arrayExists arrayFilter arrayJoin arrayMap
  arraySort arrayStringConcat arraySum CAST _CAST ceil coalesce concat cityHash64 cutToFirstSignificantSubdomain dateDiff
  divide empty endsWith equals exp extract extractAll floor formatDateTime greater greaterOrEquals greatest has
  if ifNotFinite ifNull in indexOf intDiv isNaN isNotNull isNull lambda least length lengthUTF8 less lessOrEquals like
  ilike log log10 log2 lower lowerUTF8 mapContains mapKeys mapValues match minus modulo multiIf multiply negate
  not notEmpty notEquals notIn notLike notILike now nullIf or plus position positionCaseInsensitive pow
  replaceAll replaceOne replaceRegexpAll replaceRegexpOne round splitByChar splitByString sqrt startsWith substring
  subtractDays subtractHours addDays addHours addMinutes timeDiff toDate toDateTime toDayOfMonth toDayOfWeek toDecimal64
  toFloat32 toFloat64 toHour toInt32 toInt64 toIntervalDay toIntervalHour toIntervalMinute toIntervalMonth
  toIntervalSecond toIntervalWeek toMinute toMonday toMonth toSecond toStartOfDay toStartOfFifteenMinutes
  toStartOfFiveMinutes toStartOfHour toStartOfInterval toStartOfMinute toStartOfMonth toStartOfWeek toString toTimezone
  toUInt32 toUInt64 toUInt8 toUnixTimestamp toYYYYMM toYYYYMMDD toYear today transform trimBoth tuple tupleElement
  upper yesterday`);

/**
 * Functions that people's own SQL may call: none of them reads a file, the network, a dictionary or the engine itself.
 * `combinators` may stand behind the name of an aggregate.
 */
export const sqlFunctions = {
  plain: PLAIN,
  aggregates: AGGREGATES,
  combinators: COMBINATORS.filter(Boolean),
};

/** Their names with every combinator, in lower case. */
export const SQL_FUNCTIONS: ReadonlySet<string> = new Set(
  [...PLAIN, ...AGGREGATES.flatMap((name) => COMBINATORS.map((combinator) => name + combinator))].map(
    (name) => name.toLowerCase(),
  ),
);

/** Words that may stand before a bracket without being a function. */
export const SQL_KEYWORDS: ReadonlySet<string> = new Set(
  words(
    'AND ANY ALL AS BY DISTINCT ELSE FROM HAVING IN INTERVAL JOIN LIMIT NOT ON OR SELECT UNION USING WHERE WITH',
  ),
);

/** Words that no query may hold: they write, read elsewhere, change settings, or hide what they call. */
export const SQL_FORBIDDEN = words(
  'OUTFILE INFILE INTO FORMAT SETTINGS OVER WINDOW QUALIFY APPLY REPLACE EXCEPT INTERPOLATE PREWHERE COLUMNS RECURSIVE',
);

/** Parts of a parsed query that may occur, as the engine names them. */
export const SQL_NODES: ReadonlySet<string> = new Set(
  words(`SelectWithUnionQuery SelectQuery ExpressionList TablesInSelectQuery TablesInSelectQueryElement TableExpression
    TableJoin TableIdentifier ArrayJoin Identifier Function Literal Asterisk QualifiedAsterisk OrderByElement Subquery
    WithElement Set`),
);
