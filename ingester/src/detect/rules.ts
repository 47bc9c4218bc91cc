import { z } from 'zod';

/** Width of a step of event time, in seconds: every window is made of whole steps. */
export const STEP = 300;

const count = z.int('a whole number').min(1, 'must be at least 1');
const share = z.number('a number').gt(0, 'must be above 0').max(1, 'must be at most 1');
const above = z.number('a number').gt(0, 'must be above 0');
const minutes = count.max(1440, 'must be at most 1440 minutes');
const windowMinutes = minutes
  .max(240, 'must be at most 240 minutes')
  .multipleOf(5, 'must be whole steps of 5 minutes');
const on = z.boolean('true or false');

const deferralShape = {
  on,
  windowMinutes,
  minAttempts: count,
  minDeferrals: count,
  rate: share,
  factor: above,
  floor: share,
  assumed: share,
  minHistory: count,
  improbable: share,
  minElsewhere: count,
  fastAttempts: count,
  fastRate: share,
  critical: share,
};

const shapes = {
  throttling: deferralShape,
  block: deferralShape,
  provider_unreachable: deferralShape,
  deferrals: deferralShape,
  bounce_spike: {
    on,
    windowMinutes,
    minFinals: count,
    minHard: count,
    rate: share,
    factor: above,
    floor: share,
    assumed: share,
    minHistory: count,
    improbable: share,
    critical: share,
  },
  complaint_spike: {
    on,
    windowMinutes,
    minComplaints: count,
    minDelivered: count,
    rate: share,
    factor: above,
    minHistory: count,
    critical: share,
  },
  latency_anomaly: {
    on,
    windowMinutes,
    minDeliveries: count,
    factor: above,
    seconds: above,
    minHistory: count,
    symptomMinutes: minutes,
    critical: above,
  },
  vmta_dark: {
    on,
    windowMinutes,
    minExpected: count,
    lookBackMinutes: minutes,
    othersShare: share,
    minWaiting: count,
  },
  new_reason: { on, minEvents: count, share },
  success_floor: { on, windowMinutes, minAttempts: count, rate: share },
  logs_stopped: { on, minutes, minExpected: count },
  ingest_failure: { on },
} as const;

const incidentShape = {
  quietSteps: count,
  mergeMinutes: minutes,
  historicalHours: count,
  backfillMinutes: minutes,
  standstillMinutes: minutes,
  closeMinutes: minutes,
  activeMinutes: minutes,
  unknownAttempts: count,
  unknownWaiting: count,
  unknownRate: share,
};

/** What can be found wrong. The last four only inform, and so do `deferrals`. */
export const KINDS = Object.keys(shapes) as Kind[];
/** Name of what can be found wrong. */
export type Kind = keyof typeof shapes;

/** Kinds that are told from deferred attempts, by what most of their texts say. */
export const DEFERRAL_KINDS = ['throttling', 'block', 'provider_unreachable', 'deferrals'] as const;
/** Name of such a kind. */
export type DeferralKind = (typeof DEFERRAL_KINDS)[number];

/** Kinds whose thresholds a site may set by provider. */
const BY_PROVIDER = [...DEFERRAL_KINDS, 'latency_anomaly', 'success_floor'] as const;

/** Kinds that never page: severity info. */
export const INFO_KINDS: ReadonlySet<string> = new Set<Kind>([
  'deferrals',
  'new_reason',
  'success_floor',
  'logs_stopped',
  'ingest_failure',
]);

type Shapes = typeof shapes;
const objects = Object.fromEntries(
  Object.entries(shapes).map(([kind, shape]) => [kind, z.strictObject(shape)]),
) as { [K in Kind]: z.ZodObject<Shapes[K], z.core.$strict> };

type Partials = { [K in Kind]: z.ZodOptional<z.ZodType<Partial<z.output<(typeof objects)[K]>>>> };

const partials = Object.fromEntries(
  KINDS.map((kind) => [kind, (objects[kind] as z.ZodObject).partial().optional()]),
) as unknown as Partials;

/** Windows are the same for all providers. */
const ownThresholds = Object.fromEntries(
  BY_PROVIDER.map((kind) => [
    kind,
    (objects[kind] as z.ZodObject).omit({ windowMinutes: true }).partial().optional(),
  ]),
) as unknown as Pick<Partials, (typeof BY_PROVIDER)[number]>;

const name = z.string('a text').trim().min(1, 'must not be empty');

const overrideSchema = z.strictObject({
  name,
  providers: z.array(name, 'an array of provider names').min(1, 'at least one provider'),
  kinds: z.strictObject(ownThresholds),
});

const overridesSchema = z.array(overrideSchema).superRefine((overrides, context) => {
  const names = new Set<string>();
  const providers = new Map<string, string>();
  overrides.forEach((override, index) => {
    if (names.has(override.name))
      context.addIssue({
        code: 'custom',
        path: [index, 'name'],
        message: `"${override.name}" is used twice`,
      });
    names.add(override.name);
    override.providers.forEach((provider, at) => {
      const other = providers.get(provider);
      if (other !== undefined)
        context.addIssue({
          code: 'custom',
          path: [index, 'providers', at],
          message: `"${provider}" stands in "${other}" already`,
        });
      providers.set(provider, override.name);
    });
  });
});

/** The shipped rules: everything is there. */
export const rulesSchema = z.strictObject({
  incidents: z.strictObject(incidentShape),
  kinds: z.strictObject(objects),
  overrides: overridesSchema,
});

/** A site's rules: what is left out stays as it is shipped. */
export const siteRulesSchema = z.strictObject({
  incidents: z.strictObject(incidentShape).partial().optional(),
  kinds: z.strictObject(partials).optional(),
  overrides: overridesSchema.optional(),
});

/** Rules as they are in force. */
export type DetectionRules = z.infer<typeof rulesSchema>;
/** A site's rules as they were checked. */
export type SiteRules = z.infer<typeof siteRulesSchema>;
/** Thresholds of one kind. */
export type KindRule<K extends Kind> = DetectionRules['kinds'][K];

/** The shipped rules with a site's laid over them, setting by setting. */
export function mergeRules(shipped: DetectionRules, site: SiteRules): DetectionRules {
  const kinds = Object.fromEntries(
    KINDS.map((kind) => [kind, { ...shipped.kinds[kind], ...site.kinds?.[kind] }]),
  ) as DetectionRules['kinds'];
  return {
    incidents: { ...shipped.incidents, ...site.incidents } as DetectionRules['incidents'],
    kinds,
    overrides: site.overrides ?? shipped.overrides,
  };
}

/** The thresholds of a kind at a provider. */
export function ruleFor<K extends (typeof BY_PROVIDER)[number]>(
  { kinds, overrides }: DetectionRules,
  kind: K,
  provider: string,
): KindRule<K> {
  const own = overrides.find(({ providers }) => providers.includes(provider))?.kinds[kind];
  return own ? { ...kinds[kind], ...own } : kinds[kind];
}

/** How many steps a window has. */
export function stepsOf({ windowMinutes }: { windowMinutes: number }): number {
  return (windowMinutes * 60) / STEP;
}
