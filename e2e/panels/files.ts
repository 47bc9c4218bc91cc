import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Workbench } from './workbench';

const ID = 'pmta-files-panel';

const HEADER = 'type,timeLogged,timeQueued,orig,rcpt,vmta,jobId';
const row = (time: string, i: number) =>
  `d,${time},2026-09-15 12:00:00+0000,news@sender.example,u${i}@gmail.com,VMTA-1,J-1`;
/** A log of which two rows cannot be loaded: one has no time, one would run as a script if it were taken for more than text. */
const LOG = [
  HEADER,
  ...Array.from({ length: 500 }, (_, i) => row('2026-09-15 12:00:05+0000', i)),
  row('never', 500),
  row('<img src=x onerror="window.hit=1">', 501),
  '',
].join('\n');

/** What is seen of the files panel in a browser alone, and what it does with the running service. */
export function filesSuite(bench: () => Workbench): void {
  const file = (name: string) =>
    bench()
      .panel.getByRole('row')
      .filter({ has: bench().page.getByRole('rowheader', { name }) });
  const as = (role: string) =>
    bench().page.evaluate((orgRole) => {
      const { grafanaBootData } = globalThis as unknown as { grafanaBootData: { user: { orgRole: string } } };
      grafanaBootData.user.orgRole = orgRole;
    }, role);
  const toasts = async () =>
    (await bench().done()).filter(({ kind }) => kind === 'toast').map(({ what }) => what);

  describe('with the running service', () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'watchtower-files-'));
    afterAll(() => rmSync(folder, { recursive: true }));

    it('uploads a log, says what became of it line by line, and takes it out again', async () => {
      const log = path.join(folder, 'acct.csv');
      writeFileSync(log, LOG);
      await bench().show(ID, 'live');
      await bench().panel.locator('input[type=file]').setInputFiles(log);
      await file('acct.csv').getByText('loaded, with errors').waitFor();
      expect(await file('acct.csv').getByRole('cell').allInnerTexts()).toEqual(
        expect.arrayContaining(['502', '2']),
      );
      expect(await toasts()).toEqual([['alert-success', ['1 files are uploaded and being loaded']]]);

      await file('acct.csv').getByRole('button', { name: 'Errors of acct.csv: 2' }).click();
      const lines = bench().panel.locator('tr:has(> td > pre)');
      await lines.nth(1).waitFor();
      expect(await lines.nth(0).innerText()).toMatch(/^502\s+.*time/s);
      expect(await lines.nth(1).innerText()).toContain('<img src=x onerror="window.hit=1">');
      expect(await bench().hit()).toBe(false);
      expect(await bench().barriers()).toEqual([]);
      await bench().picture('pmta-files-panel errors');

      await file('acct.csv').getByRole('button', { name: 'Delete acct.csv' }).click();
      const dialog = bench().page.getByRole('dialog');
      await dialog.getByText(/^500 events from 2026-09-15 12:00 go out of every figure/).waitFor();
      await dialog.getByRole('button', { name: 'Delete' }).click();
      await file('acct.csv').waitFor({ state: 'detached' });
      expect((await toasts()).at(-1)).toEqual([
        'alert-success',
        [expect.stringMatching(/^acct.csv is deleted/)],
      ]);
      // The service is asked anew: it is not merely hidden.
      await bench().show(ID, 'live');
      await bench().panel.getByText('No data').waitFor();
    });

    it('takes several files that are dropped; one that is no log says why, and can be tried again', async () => {
      await bench().show(ID, 'live');
      // Runs in the browser, whose types are not those of this place.
      const dropped = await bench().page.evaluateHandle(`(() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File([${JSON.stringify(LOG)}], 'dropped.csv'));
        transfer.items.add(new File(['of no use'], 'notes.txt'));
        return transfer;
      })()`);
      const place = bench().panel.getByText('or drop logs here', { exact: false });
      await place.dispatchEvent('dragenter', { dataTransfer: dropped });
      await bench().panel.getByText('Drop to upload').waitFor();
      await place.dispatchEvent('drop', { dataTransfer: dropped });
      await file('dropped.csv').getByText('loaded, with errors').waitFor();
      await file('notes.txt').getByText('refused').waitFor();
      await file('notes.txt').getByRole('button', { name: 'Load notes.txt again' }).click();
      await bench().page.waitForFunction(
        () => (globalThis as unknown as { workbench: { done: unknown[] } }).workbench.done.length > 1,
      );
      expect((await toasts()).at(-1)).toEqual([
        'alert-error',
        ['notes.txt could not be loaded again', expect.any(String)],
      ]);
      // The browser tells of a refusal by itself.
      expect(bench().takeComplaints()).toEqual([expect.stringContaining('422')]);
    });
  });

  // What is not allowed is refused by the server; here it must not even be offered.
  it('offers an Editor all but deletion, a Viewer nothing', async () => {
    const buttons = () => bench().panel.getByRole('button').allInnerTexts();
    const named = (name: RegExp) => bench().panel.getByRole('button', { name }).count();
    try {
      await as('Editor');
      await bench().show(ID, 'for an Admin');
      expect([await named(/^Choose files/), await named(/^Load .* again/), await named(/^Delete/)]).toEqual([
        1, 3, 0,
      ]);
      await as('Viewer');
      await bench().show(ID, 'for an Admin');
      expect((await buttons()).filter((text) => !/^\d/.test(text))).toEqual([]);
    } finally {
      await as('Admin');
    }
    await bench().show(ID, 'for an Admin');
    expect(await named(/^Delete/)).toBe(6);
  });
}
