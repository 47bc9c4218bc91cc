import { existsSync } from 'node:fs';
import path from 'node:path';
import { scenes as files } from '../grafana-panels/files/workbench';
import { scenes as pulse } from '../grafana-panels/pulse/workbench';
import { scenes as sankey } from '../grafana-panels/sankey/workbench';
import { scenes as timeline } from '../grafana-panels/timeline/workbench';
import type { Scene } from '../grafana-panels/workbench/scene';
import { browserPath } from '../scripts/page.cjs';
import { PANELS, metadataOf } from '../scripts/plugin.cjs';
import { filesSuite } from './panels/files';
import { pulseSuite } from './panels/pulse';
import { sankeySuite } from './panels/sankey';
import { uploadThrottled } from './panels/throttled';
import { timelineSuite } from './panels/timeline';
import { Workbench } from './panels/workbench';
import { Site, type Service } from './service';

/** The scenes of every panel, and what only this panel can do. */
const panels: Readonly<
  Record<string, { scenes: readonly Scene[]; suite: (bench: () => Workbench) => void }>
> = {
  'pmta-files-panel': { scenes: files, suite: filesSuite },
  'pmta-pulse-panel': { scenes: pulse, suite: pulseSuite },
  'pmta-sankey-panel': { scenes: sankey, suite: sankeySuite },
  'pmta-timeline-panel': { scenes: timeline, suite: timelineSuite },
};

if (!browserPath())
  process.stderr.write(
    'Chromium is not installed (CHROMIUM_PATH): the tests of the built panels are skipped.\n',
  );

it('every panel of the workbench is looked at here', () => {
  const there = PANELS.filter((folder) => existsSync(path.join(__dirname, '..', folder, 'workbench.ts')));
  expect(Object.keys(panels).sort()).toEqual(there.map((folder) => metadataOf(folder).id).sort());
});

// The built panels, loaded as Grafana loads them.
(browserPath() ? describe : describe.skip)('the built panels in a browser', () => {
  const site = new Site();
  let service: Service;
  let bench: Workbench;
  beforeAll(async () => {
    service = await site.serve();
    bench = await Workbench.open({ api: service.url });
  }, 120_000);
  afterAll(async () => {
    await bench?.close();
    await service?.stop();
    site.remove();
  });
  afterEach(() => expect(bench.takeComplaints()).toEqual([]));

  describe.each(Object.entries(panels))('%s', (id, { scenes, suite }) => {
    const stored = scenes.filter(({ frames }) => frames !== undefined);

    it.each(stored.map((scene) => [scene.name, scene] as const))(
      'shows: %s',
      async (name, { shows = [] }) => {
        await bench.show(id, name, { size: 'small' });
        const small = await bench.picture(`${id} ${name} small`);
        await bench.show(id, name, { theme: 'light', size: 'large' });
        const light = await bench.picture(`${id} ${name} light`);
        expect(await bench.barriers()).toEqual([]);
        await bench.show(id, name);
        const dark = await bench.picture(`${id} ${name}`);
        const text = await bench.text();
        for (const part of shows) expect(text).toContain(part);
        expect(await bench.barriers()).toEqual([]);
        // Nothing of it depends on the hour, or on what was shown before.
        await bench.show(id, name);
        expect((await bench.picture()).equals(dark)).toBe(true);
        expect([small, light].filter((each) => each.equals(dark))).toEqual([]);
        expect(await bench.hit()).toBe(false);
      },
    );

    suite(() => bench);
  });

  // Stored rows are what somebody once thought an answer looks like.
  it.each([
    ['pmta-sankey-panel', 'VMTA-5 → gmail: '],
    ['pmta-pulse-panel', 'VMTA-5 '],
  ])('%s draws what the running service answers', async (id, name) => {
    await uploadThrottled(bench.page);
    const shape = bench.panel.locator(`[role=button][aria-label^="${name}"]`);
    for (let tries = 0; tries < 60 && (await shape.count()) === 0; tries++) {
      await bench.page.waitForTimeout(250);
      await bench.show(id, 'live');
    }
    expect(await shape.count()).toBe(1);
    expect(await bench.barriers()).toEqual([]);
    await bench.picture(`${id} live`);
  });
});
