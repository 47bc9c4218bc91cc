import { uploadThrottled } from './throttled';
import type { Workbench } from './workbench';

const HOSTILE = '<img src=x onerror="window.hit=1">';

const ID = 'pmta-timeline-panel';

/** What is seen of the timeline in a browser alone. */
export function timelineSuite(bench: () => Workbench): void {
  const plot = () => bench().panel.getByRole('group', { name: /^Timeline/ });
  const current = () => plot().getByRole('button');
  const dialog = () => bench().page.getByRole('dialog');

  /** A place of the drawing: a share of its width, and a row counted from the top. */
  const placeOf = async (share: number, row: number) => {
    const box = (await plot().boundingBox()) ?? { x: 0, y: 0, width: 0, height: 0 };
    return [box.x + share * box.width, box.y + (row + 0.5) * 22] as const;
  };

  it('says what is under the mouse, and opens what is clicked', async () => {
    await bench().show(ID, 'an evening');
    await bench().page.mouse.move(...(await placeOf(0.96, 0)));
    const tooltip = bench().page.getByRole('tooltip');
    await tooltip.getByText(/Gmail is throttling VMTA-5/).waitFor();
    const text = await tooltip.innerText();
    for (const part of ['goes on', '1 h 35 min', '88%', '4.20 K']) expect(text).toContain(part);
    await bench().picture('pmta-timeline-panel hover');
    await bench().page.mouse.click(...(await placeOf(0.96, 0)));
    await dialog().getByRole('button', { name: 'Show only gmail · VMTA-5' }).click();
    expect(await bench().done()).toEqual([
      { kind: 'filter', what: { key: 'provider', value: 'gmail', operator: '=' } },
      { kind: 'filter', what: { key: 'vmta', value: 'VMTA-5', operator: '=' } },
    ]);
  });

  it('says what explains an incident of the running service, and takes a note to it', async () => {
    await uploadThrottled(bench().page);
    /** Opens the incident, which is one of several: other tests leave files that were refused. */
    const open = async () => {
      await bench().show(ID, 'live incidents');
      for (let i = 0; (await current().count()) > 0 && i < 20; i++) {
        await current().focus();
        if (/throttling/.test((await current().getAttribute('aria-label')) ?? '')) {
          await bench().page.keyboard.press('Enter');
          return true;
        }
        await bench().page.keyboard.press('ArrowDown');
      }
      return false;
    };
    // It is found a moment after the log was loaded.
    for (let tries = 0; tries < 60 && !(await open()); tries++) await bench().page.waitForTimeout(500);
    await dialog().getByRole('listitem').first().waitFor();
    expect(await dialog().getByRole('listitem').first().innerText()).toMatch(/% sure/);
    expect(await bench().barriers()).toEqual([]);
    await bench().picture('pmta-timeline-panel causes');
    await dialog().getByRole('textbox', { name: 'Note' }).fill(HOSTILE);
    await dialog().getByRole('button', { name: 'Acknowledge' }).click();
    await dialog().getByText(`: ${HOSTILE}`).waitFor();
    expect(await bench().done()).toEqual([
      { kind: 'toast', what: ['alert-success', ['The incident is acknowledged']] },
    ]);
    // The service is asked anew: it was not merely written down.
    await bench().show(ID, 'live incidents');
    await open();
    await dialog()
      .getByText(/^Acknowledged by /)
      .getByText(HOSTILE)
      .waitFor();
    await dialog().getByRole('button', { name: 'Replace the note' }).waitFor();
    expect(await bench().hit()).toBe(false);
  });

  it('shows the longest answer of a stranger under the mouse, as text', async () => {
    await bench().show(ID, 'a hostile message');
    const steps = bench().panel.getByRole('group', { name: /^Steps/ });
    await steps.hover({ position: { x: 200, y: 30 } });
    await bench().page.getByRole('tooltip').getByText('after the step before').waitFor();
    await bench().page.waitForTimeout(300);
    await bench().picture('pmta-timeline-panel hostile hover');
    expect(await bench().hit()).toBe(false);
  });

  it('is gone through by keys alone', async () => {
    await bench().show(ID, 'an evening');
    await current().focus();
    await bench().page.keyboard.press('ArrowDown');
    expect(await current().getAttribute('aria-label')).toMatch(/^Gmail blocked VMTA-5/);
    await bench().page.keyboard.press('Enter');
    await dialog().getByText('Asked for delisting.').waitFor();
    await bench().page.keyboard.press('Escape');
    expect(await dialog().count()).toBe(0);
    expect(await current().and(bench().page.locator(':focus')).count()).toBe(1);
  });

  it('takes a part that is dragged over for the time of the dashboard', async () => {
    await bench().show(ID, 'an evening');
    const { mouse } = bench().page;
    await mouse.move(...(await placeOf(0.25, 4)));
    await mouse.down();
    await mouse.move(...(await placeOf(0.5, 4)), { steps: 3 });
    await bench().picture('pmta-timeline-panel brush');
    await mouse.up();
    const [asked] = (await bench().done()) as { kind: string; what: { from: number; to: number } }[];
    expect(asked?.kind).toBe('range');
    // A quarter of a day, to the width of two pixels.
    expect(Math.abs((asked?.what.to ?? 0) - (asked?.what.from ?? 0) - 6 * 3_600_000)).toBeLessThan(300_000);
    expect(await dialog().count()).toBe(0);
  });

  it('zooms around the mouse, and back', async () => {
    await bench().show(ID, '5,000 bars');
    const whole = await bench().picture();
    await bench().page.mouse.move(...(await placeOf(0.5, 3)));
    await bench().page.keyboard.down('Control');
    await bench().page.mouse.wheel(0, -500);
    await bench().page.keyboard.up('Control');
    await bench().panel.getByRole('button', { name: 'Show all' }).waitFor();
    await bench().picture('pmta-timeline-panel zoomed');
    await bench().panel.getByRole('button', { name: 'Show all' }).click();
    await bench().page.mouse.move(0, 0);
    expect((await bench().picture()).equals(whole)).toBe(true);
  });
}
