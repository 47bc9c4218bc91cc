export type { DimensionName, MetricName, QueryInput } from '@pmta-watchtower/ingester/dist/model';
