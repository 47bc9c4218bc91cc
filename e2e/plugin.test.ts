import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { textsOf } from '../scripts/locales.cjs';

const PLUGIN = path.resolve(__dirname, '../grafana-datasource');
const DIST = path.join(PLUGIN, 'dist');

/** What of the metadata is looked at here. */
interface Metadata {
  id: string;
  type: string;
  executable: string;
  languages: string[];
  routes: { path: string; reqRole?: string; method?: string; url?: string }[];
  info: { version: string; updated: string; logos: Record<string, string>; screenshots: { path: string }[] };
  dependencies: { grafanaDependency: string };
}

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

// The rules of Grafana's published schema of plugin.json that this plugin can break; the whole schema has another licence.
describe('metadata', () => {
  it('has an id of the form organisation, name, type', () => {
    expect(metadata.id).toMatch(/^[a-z0-9]+-[a-z0-9]+-(app|panel|datasource)$/);
    expect(metadata.id.endsWith(`-${metadata.type}`)).toBe(true);
    expect(metadata.executable).toMatch(/^gpx_/);
    expect(metadata.dependencies.grafanaDependency).toMatch(/^[<>=^~]*13\.1/);
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
  it('is whole, and the bundle at most 150 kB', () => {
    const built = json<Metadata>(path.join(DIST, 'plugin.json'));
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
