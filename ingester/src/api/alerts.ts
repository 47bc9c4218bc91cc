import { z } from 'zod';
import { check } from './errors';
import { readJson } from './input';
import { json } from './openapi';
import type { ApiDependencies, Route } from './route';

/** Most alerts of one notification: Grafana groups them, and sends a group in pieces. */
const MAX_ALERTS = 1000;

/** A text that is cut, so that no template fills the log. */
const cut = (most: number) => z.string().transform((text) => text.slice(0, most));

const texts = z
  .record(z.string().max(200), cut(500))
  .refine((labels) => Object.keys(labels).length <= 50, 'at most 50 entries')
  .default({});

/** Grafana says "no end yet" with the year 1. */
const instant = z
  .string()
  .transform((text) => Math.floor(Date.parse(text) / 1000))
  .transform((seconds) => (seconds > 0 && seconds < 2 ** 32 ? seconds : null))
  .nullish()
  .transform((seconds) => seconds ?? null);

/** What Grafana's webhook contact point sends, as far as the log keeps it. */
const notificationSchema = z.looseObject({
  alerts: z
    .array(
      z.looseObject({
        status: z.enum(['firing', 'resolved'], 'firing or resolved'),
        labels: texts,
        annotations: texts,
        startsAt: instant,
        endsAt: instant,
        fingerprint: cut(100).default(''),
      }),
      'an array of alerts',
    )
    .min(1, 'at least one alert')
    .max(MAX_ALERTS, `at most ${MAX_ALERTS} alerts`),
});

/** The log of alerts: what Grafana told people, also where there is nobody else to tell. */
export function alertRoutes({ store }: ApiDependencies): Route[] {
  return [
    {
      method: 'POST',
      path: '/api/alerts/log',
      needs: 'ingest',
      doc: {
        tag: 'service',
        summary: 'Takes a notification of Grafana into the log of alerts',
        description:
          'For a contact point of type webhook. The log is the table `watchtower.alerts` of SQL queries; `alertsSent` counts it.',
        body: { description: 'The notification', content: { 'application/json': notificationSchema } },
        answer: json('How many alerts were logged', z.object({ logged: z.int() })),
        refusals: { 408: 'the body took too long to arrive', 413: 'the body is larger than 1 MB' },
        examples: {
          'an alert that fires': {
            body: {
              type: 'application/json',
              value: {
                alerts: [
                  {
                    status: 'firing',
                    labels: { alertname: 'Incident', kind: 'throttling', provider: 'gmail' },
                    annotations: { summary: 'gmail is throttling VMTA-5' },
                    startsAt: '2026-09-15T03:05:00Z',
                    endsAt: '0001-01-01T00:00:00Z',
                    fingerprint: 'a1b2c3',
                  },
                ],
              },
            },
          },
        },
      },
      handle: async (context) => {
        const { alerts } = check(notificationSchema, await readJson(context));
        const rows = alerts.map(({ status, labels, annotations, startsAt, endsAt, fingerprint }) => ({
          status,
          rule: labels['alertname'] ?? '',
          labels,
          summary: annotations['summary'] ?? annotations['description'] ?? '',
          startsAt,
          endsAt,
          fingerprint,
        }));
        await store.append('alerts', rows);
        return context.json({ logged: rows.length });
      },
    },
  ];
}
