import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { textsOf } from '../scripts/locales.cjs';
import { PLUGINS } from '../scripts/plugin.cjs';

const ROOT = path.resolve(__dirname, '..');

const flag = z.boolean().optional();
const some = z.string().min(1);

/**
 * The rules of Grafana's published schema of plugin.json for what plugins can have, in our own words: the schema itself has
 * another licence, and no package brings it. What is not named here Grafana does not know, or nobody has thought of yet.
 */
const commonSchema = z.strictObject({
  $schema: z.url().optional(),
  name: some,
  languages: z.array(z.string().regex(/^[a-z]{2}-[A-Z]{2}$/)).min(1),
  info: z.strictObject({
    description: some,
    author: z.strictObject({ name: some, email: z.email().optional(), url: z.url().optional() }),
    keywords: z.array(some).min(1),
    logos: z.strictObject({ small: z.string().endsWith('.svg'), large: z.string().endsWith('.svg') }),
    links: z.array(z.strictObject({ name: some, url: z.url() })),
    screenshots: z.array(z.strictObject({ name: some, path: some })),
    version: z.string().regex(/^\d+\.\d+\.\d+$|^%VERSION%$/),
    updated: z.string().regex(/^\d{4}-\d{2}-\d{2}$|^%TODAY%$/),
    build: z.looseObject({}).optional(),
  }),
  dependencies: z.strictObject({
    grafanaDependency: z.string().regex(/^[<>=^~]*13\.1\.\d+$/),
    plugins: z.array(z.never()),
  }),
  // The bundler's own note.
  buildMode: z.literal('production').optional(),
});

const panelSchema = commonSchema.extend({
  type: z.literal('panel'),
  // Organisation, name, type.
  id: z.string().regex(/^[0-9a-z]+-[0-9a-z]+-panel$/),
  suggestions: z.literal(true),
  skipDataQuery: flag,
});

const datasourceSchema = commonSchema.extend({
  type: z.literal('datasource'),
  id: z.string().regex(/^[0-9a-z]+-[0-9a-z]+-datasource$/),
  category: z
    .enum(['tsdb', 'logging', 'cloud', 'tracing', 'profiling', 'sql', 'enterprise', 'iot', 'other'])
    .optional(),
  metrics: flag,
  logs: flag,
  annotations: flag,
  alerting: flag,
  streaming: flag,
  tracing: flag,
  multiValueFilterOperators: flag,
  backend: z.literal(true),
  executable: z.string().regex(/^gpx_\w+$/),
  queryOptions: z.strictObject({ maxDataPoints: flag, minInterval: flag, cacheTimeout: flag }),
  routes: z.array(
    z.strictObject({
      path: z.string(),
      method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
      url: some,
      reqRole: z.enum(['Viewer', 'Editor', 'Admin']),
      headers: z.array(z.strictObject({ name: some, content: some })).optional(),
    }),
  ),
});

const metadataSchema = z.discriminatedUnion('type', [datasourceSchema, panelSchema]);

type Metadata = z.infer<typeof metadataSchema>;

function json<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

/** What is expected of a plugin as a whole: texts and sources that there are at least, pictures, bytes of its scripts. */
const EXPECTED = {
  datasource: { texts: 50, sources: 20, pictures: 1, bytes: 150_000 },
  panel: { texts: 20, sources: 10, pictures: 0, bytes: 100_000 },
};

/** Sources of a folder that are shipped: tests and what they stand on are not. */
function sourcesOf(folder: string): (readonly [name: string, text: string])[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && !name.startsWith('testing'))
    .map((name) => [
      path.join(path.relative(ROOT, folder), name),
      readFileSync(path.join(folder, name), 'utf8'),
    ]);
}

function keysOf(texts: unknown, before = ''): string[] {
  return typeof texts === 'object' && texts !== null
    ? Object.entries(texts).flatMap(([key, value]) => keysOf(value, `${before}.${key}`))
    : [before];
}

/** Files that do on purpose what no other may, by the rule. */
const MEANT: Readonly<Record<string, readonly string[]>> = {
  'name colours': [
    // A mark that says "no colour", and is never drawn.
    'grafana-panels/timeline/src/view/colors.ts',
  ],
  // Grafana's own calls do not tell how much of a file is gone.
  'keep things in the browser or reach past Grafana': ['grafana-panels/files/src/api/send.ts'],
};

describe.each(PLUGINS)('%s', (name) => {
  const folder = path.join(ROOT, name);
  const dist = path.join(folder, 'dist');
  const metadata = json<Metadata>(path.join(folder, 'src/plugin.json'));
  const expected = EXPECTED[metadata.type];
  const own = sourcesOf(path.join(folder, 'src'));
  // What the panels share is bundled into each.
  const sources =
    metadata.type === 'panel' ? [...own, ...sourcesOf(path.join(ROOT, 'grafana-panels/shared'))] : own;

  // Without it a text could not be translated, or translators would work on one that nobody sees.
  it.each(metadata.languages)('has the texts of its code in %s: run `npm run locales`', (language) => {
    const saved = json(path.join(folder, 'src/locales', language, `${metadata.id}.json`));
    const texts = textsOf(folder);
    expect(keysOf(texts).length).toBeGreaterThan(expected.texts);
    if (language === 'en-US') expect(saved).toEqual(texts);
    else expect(keysOf(saved)).toEqual(keysOf(texts));
  });

  it('has sources to be looked at', () => expect(own.length).toBeGreaterThan(expected.sources));

  // The logo is a drawing; everything else takes its colours from the theme, so that it can be read in each.
  it.each([
    ['write to the console', /\bconsole\./],
    ['bring styles for the whole page', /\binjectGlobal\b|<Global\b|\.(css|scss)['"]/],
    ['name colours', /#[0-9a-fA-F]{3,8}\b|\b(rgba?|hsla?)\(/],
    ['read files or the environment', /\b(process\.|require\(|from '(node:|fs|path|os|child_process)['/])/],
    [
      'keep things in the browser or reach past Grafana',
      /\b(localStorage|sessionStorage|XMLHttpRequest|fetch\(|eval\()/,
    ],
    ['write HTML', /dangerouslySetInnerHTML|innerHTML/],
  ])('does not %s', (rule, pattern) => {
    const found = sources.filter(([, text]) => pattern.test(text)).map(([file]) => file);
    expect(found.filter((file) => !MEANT[rule]?.includes(file))).toEqual([]);
  });

  // Grafana reads over what it does not know: a misspelt flag would switch off what it stands for, without a word.
  it('says of itself what Grafana publishes that it may', () => {
    expect(metadataSchema.safeParse(metadata)).toMatchObject({ success: true });
    expect(metadataSchema.safeParse({ ...metadata, alertting: true }).success).toBe(false);
  });

  it('names pictures that are there, small enough to be shipped', () => {
    const { logos, screenshots } = metadata.info;
    const pictures = [...Object.values(logos), ...screenshots.map((each) => each.path)];
    expect(screenshots.length).toBeGreaterThanOrEqual(expected.pictures);
    for (const picture of pictures)
      expect(statSync(path.join(folder, 'src', picture)).size).toBeLessThan(200_000);
  });

  it('was built whole, and small', () => {
    const built = json<Metadata>(path.join(dist, 'plugin.json'));
    expect(metadataSchema.safeParse(built)).toMatchObject({ success: true });
    const files = [
      'module.js',
      'README.md',
      'CHANGELOG.md',
      'LICENSE',
      ...Object.values(built.info.logos),
      ...built.info.screenshots.map((each) => each.path),
      ...built.languages.map((language) => `locales/${language}/${built.id}.json`),
    ];
    expect(files.filter((file) => !existsSync(path.join(dist, file)))).toEqual([]);
    expect(built.info.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(built.info.updated).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    const scripts = readdirSync(dist).filter((file) => file.endsWith('.js'));
    const size = scripts.reduce((sum, file) => sum + statSync(path.join(dist, file)).size, 0);
    expect(size).toBeLessThanOrEqual(expected.bytes);
  });
});

describe('the datasource', () => {
  // Without it any path that no other route takes would reach the API with the datasource's own address.
  it('ends with a route that leads nowhere, and lets Viewers upload nothing', () => {
    const { routes } = datasourceSchema.parse(json(path.join(ROOT, 'grafana-datasource/src/plugin.json')));
    expect(routes.at(-1)).toEqual({ path: '', reqRole: 'Admin', url: 'http://127.0.0.1:1' });
    expect(routes[0]).toMatchObject({ path: 'upload', method: 'POST', reqRole: 'Editor' });
    expect(routes).toHaveLength(2);
  });

  // An alert's link to what is to be done would lead nowhere.
  it('carries the runbooks', () => {
    const pages = readdirSync(path.join(ROOT, 'docs/runbooks'));
    const carried = readdirSync(path.join(ROOT, 'grafana-datasource/dist/runbooks'));
    expect(carried).toEqual(pages.map((page) => page.replace(/\.md$/, '.txt')));
  });
});
