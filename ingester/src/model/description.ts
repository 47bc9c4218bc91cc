import { dimensions, GROUPING, type DimensionDefinition } from './dimensions';
import { RISK_DIMENSIONS } from './diagnosis/queries';
import { eventColumns } from './events/eventColumns';
import { PATH_DIMENSIONS } from './flows/flowsQuery';
import type { ColumnKind } from './frames';
import { DEFAULT_EDGES } from './metrics/distributionQuery';
import { metrics, type MetricDefinition, type Unit } from './metrics/metrics';
import { formats, operators, queryTypes } from './schema';
import { serviceFigures } from './service/service';
import { MAX_ROWS } from './sql/sqlQuery';
import { sqlMacros, sqlTables, type SqlColumn } from './sql/sqlTables';
import { sqlFunctions } from './sql/sqlWords';

/** A name and what it means. */
export interface Described {
  readonly name: string;
  readonly description: string;
}

/** A metric: `denominator` is what it is drawn beside, `minimum` the volume below which it says little. */
export interface DescribedMetric extends Described {
  readonly unit: Unit;
  readonly denominator: string | null;
  readonly minimum: number | null;
  /** A count is 0 where there is nothing, every other metric null. */
  readonly count: boolean;
}

/** A dimension and what it may be used for, beside filters. */
export interface DescribedDimension extends Described {
  readonly groupBy: boolean;
  readonly path: boolean;
}

/** Everything a question can be built from, as editors, documents and people need it. */
export interface ModelDescription {
  readonly queryTypes: readonly Described[];
  readonly metrics: readonly DescribedMetric[];
  readonly dimensions: readonly DescribedDimension[];
  /** Dimensions that a risk can be told of. */
  readonly riskDimensions: readonly string[];
  readonly operators: readonly Described[];
  readonly formats: readonly Described[];
  readonly distributions: readonly { readonly field: string; readonly edges: readonly number[] }[];
  readonly eventColumns: readonly (Described & { readonly kind: ColumnKind; readonly unit: string | null })[];
  readonly serviceFigures: readonly (Described & { readonly unit: string })[];
  readonly sql: {
    readonly tables: readonly (Described & {
      readonly recipients: boolean;
      readonly columns: readonly (Described & { readonly type: string; readonly unit: string | null })[];
    })[];
    readonly macros: readonly Described[];
    readonly functions: readonly string[];
    readonly aggregates: readonly string[];
    readonly combinators: readonly string[];
    readonly maxRows: number;
  };
}

/** The model as its own tables say it: an entry there is an entry here. */
export function describeModel(): ModelDescription {
  return {
    queryTypes: described(queryTypes),
    metrics: entries<MetricDefinition>(metrics).map(([name, metric]) => ({
      name,
      description: metric.description,
      unit: metric.unit,
      denominator: metric.denominator ?? null,
      minimum: metric.volume?.minimum ?? null,
      count: metric.count,
    })),
    dimensions: entries<DimensionDefinition>(dimensions).map(([name, { description }]) => ({
      name,
      description,
      groupBy: (GROUPING as readonly string[]).includes(name),
      path: (PATH_DIMENSIONS as readonly string[]).includes(name),
    })),
    riskDimensions: RISK_DIMENSIONS,
    operators: described(operators),
    formats: described(formats),
    distributions: entries<readonly number[]>(DEFAULT_EDGES).map(([field, edges]) => ({ field, edges })),
    eventColumns: entries<{ kind: ColumnKind; description: string; unit?: string }>(eventColumns).map(
      ([name, { kind, description, unit }]) => ({ name, description, kind, unit: unit ?? null }),
    ),
    serviceFigures: entries<{ description: string; unit: string }>(serviceFigures).map(
      ([name, { description, unit }]) => ({ name, description, unit }),
    ),
    sql: {
      tables: Object.entries(sqlTables).map(([name, { description, recipients, columns }]) => ({
        name,
        description,
        recipients,
        columns: entries<SqlColumn>(columns).map(([column, { type, unit, description: meaning }]) => ({
          name: column,
          description: meaning,
          type,
          unit: unit ?? null,
        })),
      })),
      macros: described(sqlMacros),
      functions: sqlFunctions.plain,
      aggregates: sqlFunctions.aggregates,
      combinators: sqlFunctions.combinators,
      maxRows: MAX_ROWS,
    },
  };
}

function described(table: Readonly<Record<string, string>>): Described[] {
  return Object.entries(table).map(([name, description]) => ({ name, description }));
}

/** The entries of a table, each as its definition rather than as the literal it was written as. */
function entries<T>(table: Readonly<Record<string, T>>): [string, T][] {
  return Object.entries(table);
}
