import type { z } from 'zod';
import type { causesQuerySchema, insightsQuerySchema, riskQuerySchema } from './diagnosis/queries';
import type { eventsQuerySchema } from './events/eventsQuery';
import type { flowsQuerySchema } from './flows/flowsQuery';
import type { incidentsQuerySchema } from './incidents';
import type { messagesQuerySchema } from './messages/messagesQuery';
import type { traceQuerySchema } from './messages/traceQuery';
import type { distributionQuerySchema } from './metrics/distributionQuery';
import type { metricsQuerySchema } from './schema';
import type { filesQuerySchema, ingestErrorsQuerySchema } from './service/files';
import type { serviceQuerySchema } from './service/service';
import type { sqlQuerySchema } from './sql/sqlQuery';
import type { valuesQuerySchema } from './values';

/** A query as clients write it, before defaults are filled in: one member for each schema. */
export type QueryInput =
  | z.input<typeof metricsQuerySchema>
  | z.input<typeof distributionQuerySchema>
  | z.input<typeof flowsQuerySchema>
  | z.input<typeof eventsQuerySchema>
  | z.input<typeof messagesQuerySchema>
  | z.input<typeof traceQuerySchema>
  | z.input<typeof valuesQuerySchema>
  | z.input<typeof filesQuerySchema>
  | z.input<typeof ingestErrorsQuerySchema>
  | z.input<typeof incidentsQuerySchema>
  | z.input<typeof insightsQuerySchema>
  | z.input<typeof causesQuerySchema>
  | z.input<typeof riskQuerySchema>
  | z.input<typeof serviceQuerySchema>
  | z.input<typeof sqlQuerySchema>;
