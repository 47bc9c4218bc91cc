import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { z } from 'zod';
import { textsOf } from '../scripts/locales.cjs';

const PLUGIN = path.resolve(__dirname, '../grafana-datasource');
const DIST = path.join(PLUGIN, 'dist');

const flag = z.boolean().optional();
const some = z.string().min(1);

/**
 * The rules of Grafana's published schema of plugin.json for what a datasource can have, in our own words: the schema itself has
 * another licence, and no package brings it. What is not named here Grafana does not know, or nobody has thought of yet.
 */
const metadataSchema = z.strictObject({
  $schema: z.url().optional(),
  type: z.literal('datasource'),
  name: some,
  // Organisation, name, type.
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
  languages: z.array(z.string().regex(/^[a-z]{2}-[A-Z]{2}$/)).min(1),
  info: z.strictObject({
    description: some,
    author: z.strictObject({ name: some, email: z.email().optional(), url: z.url().optional() }),
    keywords: z.array(some).min(1),
    logos: z.strictObject({ small: z.string().endsWith('.svg'), large: z.string().endsWith('.svg') }),
    links: z.array(z.strictObject({ name: some, url: z.url() })),
    screenshots: z.array(z.strictObject({ name: some, path: some })).min(1),
    version: z.string().regex(/^\d+\.\d+\.\d+$|^%VERSION%$/),
    updated: z.string().regex(/^\d{4}-\d{2}-\d{2}$|^%TODAY%$/),
    build: z.looseObject({}).optional(),
  }),
  routes: z.array(
    z.strictObject({
      path: z.string(),
      method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']).optional(),
      url: some,
      reqRole: z.enum(['Viewer', 'Editor', 'Admin']),
      headers: z.array(z.strictObject({ name: some, content: some })).optional(),
    }),
  ),
  dependencies: z.strictObject({
    grafanaDependency: z.string().regex(/^[<>=^~]*13\.1\.\d+$/),
    plugins: z.array(z.never()),
  }),
  // The bundler's own note.
  buildMode: z.literal('production').optional(),
});

type Metadata = z.infer<typeof metadataSchema>;

const metadata = json<Metadata>(path.join(PLUGIN, 'src/plugin.json'));

function json<T>(file: string): T {
  return JSON.parse(readFileSync(file, 'utf8')) as T;
}

/** Sources that are shipped: tests and what they stand on are not. */
const sources = readdirSync(path.join(PLUGIN, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((name) => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && !name.startsWith('testing'))
  .map((name) => [name, readFileSync(path.join(PLUGIN, 'src', name), 'utf8')] as const);

describe('texts', () => {
  const keysOf = (texts: unknown, before = ''): string[] =>
    typeof texts === 'object' && texts !== null
      ? Object.entries(texts).flatMap(([key, value]) => keysOf(value, `${before}.${key}`))
      : [before];

  // Without it a text could not be translated, or translators would work on one that nobody sees.
  it.each(metadata.languages)('of %s are those of the code: run `npm run locales`', (language) => {
    const saved = json(path.join(PLUGIN, 'src/locales', language, `${metadata.id}.json`));
    const texts = textsOf(PLUGIN);
    expect(keysOf(texts).length).toBeGreaterThan(50);
    if (language === 'en-US') expect(saved).toEqual(texts);
    else expect(keysOf(saved)).toEqual(keysOf(texts));
  });
});

describe('sources', () => {
  it('are there to be looked at', () => expect(sources.length).toBeGreaterThan(20));

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
  ])('do not %s', (_, pattern) => {
    expect(sources.filter(([, text]) => pattern.test(text)).map(([name]) => name)).toEqual([]);
  });
});

describe('metadata', () => {
  // Grafana reads over what it does not know: a misspelt flag would switch off what it stands for, without a word.
  it('is what Grafana publishes that it may be', () => {
    expect(metadataSchema.safeParse(metadata)).toMatchObject({ success: true });
    expect(metadataSchema.safeParse({ ...metadata, alertting: true }).success).toBe(false);
  });

  // Without it any path that no other route takes would reach the API with the datasource's own address.
  it('ends with a route that leads nowhere, and lets Viewers upload nothing', () => {
    expect(metadata.routes.at(-1)).toEqual({ path: '', reqRole: 'Admin', url: 'http://127.0.0.1:1' });
    expect(metadata.routes[0]).toMatchObject({ path: 'upload', method: 'POST', reqRole: 'Editor' });
    expect(metadata.routes).toHaveLength(2);
  });

  it('names pictures that are there, small enough to be shipped', () => {
    const pictures = [
      ...Object.values(metadata.info.logos),
      ...metadata.info.screenshots.map((each) => each.path),
    ];
    expect(metadata.info.screenshots.length).toBeGreaterThan(0);
    for (const picture of pictures)
      expect(statSync(path.join(PLUGIN, 'src', picture)).size).toBeLessThan(200_000);
  });
});

describe('what was built', () => {
  // An alert's link to what is to be done would lead nowhere.
  it('carries the runbooks', () => {
    const pages = readdirSync(path.resolve(__dirname, '../docs/runbooks'));
    const carried = readdirSync(path.join(DIST, 'runbooks'));
    expect(carried).toEqual(pages.map((page) => page.replace(/\.md$/, '.txt')));
  });

  it('is whole, and the bundle at most 150 kB', () => {
    const built = json<Metadata>(path.join(DIST, 'plugin.json'));
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
    expect(files.filter((file) => !existsSync(path.join(DIST, file)))).toEqual([]);
    expect(built.info.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(built.info.updated).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    const scripts = readdirSync(DIST).filter((name) => name.endsWith('.js'));
    const size = scripts.reduce((sum, name) => sum + statSync(path.join(DIST, name)).size, 0);
    expect(size).toBeLessThanOrEqual(150_000);
  });
});
