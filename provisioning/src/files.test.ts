import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { provisionedFiles } from './files';

const folder = join(__dirname, '..');

// Without it the files that Grafana reads would be those of an older state of the code.
test('what Grafana reads is what the code writes: npm run provisioning', () => {
  for (const { path, text } of provisionedFiles())
    expect(`${path}\n${readFileSync(join(folder, path), 'utf8')}`).toBe(`${path}\n${text}`);
});

test('no dashboard stands there that no code writes', () => {
  const written = provisionedFiles().map(({ path }) => path);
  const there = readdirSync(join(folder, 'dashboards/json')).map((name) => `dashboards/json/${name}`);
  expect(there.filter((path) => !written.includes(path))).toEqual([]);
});
