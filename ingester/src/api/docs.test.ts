import { readFileSync } from 'node:fs';
import path from 'node:path';
import { dimensions, metrics } from '../model';
import { routes } from './app';
import type { ApiDependencies } from './route';

const text = readFileSync(path.resolve(__dirname, '../../../docs/api.md'), 'utf8');

it.each([...Object.keys(metrics), ...Object.keys(dimensions)])('docs/api.md describes %s', (name) => {
  expect(text).toContain(`\`${name}\``);
});

it('docs/api.md lists every route with the key it needs', () => {
  const documented = [...text.matchAll(/^\| `((?:GET|POST|DELETE) \S+)` +\| (\w*) *\|/gm)].map(
    ([, route, needs]) => [route, needs || 'public'],
  );
  const existing = routes({} as ApiDependencies).map(({ method, path, needs }) => [
    `${method} ${path}`,
    needs,
  ]);
  expect(documented.sort()).toEqual(existing.sort());
});
