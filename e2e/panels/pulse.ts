import type { Workbench } from './workbench';

const ID = 'pmta-pulse-panel';

/** What is seen of the pulse board in a browser alone. */
export function pulseSuite(bench: () => Workbench): void {
  /** What an expression over the cells gives in the browser, whose types are not those of this place. */
  const inPage = <T>(expression: string) =>
    bench().page.evaluate<T>(
      `((cells) => ${expression})([...document.querySelectorAll('main [data-look]')])`,
    );
  const cell = (name: RegExp) => bench().panel.getByRole('button', { name }).first();

  // Nobody scrolls at night: a wall of 500 must be whole on one screen, and its names must be readable on it.
  it('shows 500 cells on one screen, each with its name', async () => {
    await bench().show(ID, '500 cells', { size: 'large' });
    const places = await inPage<{ bottom: number; right: number; text: string; wide: number }[]>(
      `cells.map((each) => {
        const { bottom, right } = each.getBoundingClientRect();
        const name = each.querySelector('bdi').parentElement;
        return { bottom, right, text: name.textContent, wide: name.getBoundingClientRect().width };
      })`,
    );
    expect(places).toHaveLength(500);
    expect(Math.max(...places.map(({ bottom }) => bottom))).toBeLessThan(900);
    expect(Math.max(...places.map(({ right }) => right))).toBeLessThanOrEqual(1400);
    for (const { text, wide } of places) {
      expect(text).toMatch(/vmta-\d+$/);
      expect(wide).toBeGreaterThan(15);
    }
    await bench().picture('pmta-pulse-panel 500 large');
  });

  it('tells a dark cell from all others without its colour', async () => {
    await bench().show(ID, 'an evening');
    const looks = await inPage<[string, string][]>(
      'cells.map((each) => [each.dataset.look, getComputedStyle(each).backgroundImage])',
    );
    const striped = looks.filter(([, image]) => image.includes('repeating-linear-gradient'));
    expect(striped.map(([look]) => look)).toEqual(['dark']);
    expect(looks[0]?.[0]).toBe('dark');
  });

  it('says what is known of the cell under the mouse', async () => {
    await bench().show(ID, 'an evening');
    await cell(/^VMTA-5 /).hover();
    const tooltip = bench().page.getByRole('tooltip');
    await tooltip.getByText('VMTA-5').waitFor();
    const text = await tooltip.innerText();
    for (const part of ['52.3 K', '31.2%', '66.3%', '30.7 mins', 'pool-b']) expect(text).toContain(part);
    await bench().picture('pmta-pulse-panel hover');
  });

  it('filters the dashboard by click and by keys', async () => {
    await bench().show(ID, 'by name, no groups');
    await cell(/^VMTA-5 /).click();
    const filter = (value: string) => ({ kind: 'filter', what: { key: 'vmta', value, operator: '=' } });
    expect(await bench().done()).toEqual([filter('VMTA-5')]);
    await cell(/^VMTA-5 /).focus();
    await bench().page.keyboard.press('ArrowRight');
    await bench().page.keyboard.press('Enter');
    expect(await bench().done()).toEqual([filter('VMTA-5'), filter('VMTA-6')]);
  });

  it('changes its cells in place', async () => {
    await bench().show(ID, '500 cells', { size: 'large' });
    const before = await inPage<string[]>('cells.map((each) => ((each.kept = true), each.dataset.id))');
    await bench().update(1);
    const kept = await inPage<number>('cells.filter((each) => each.kept).length');
    expect([kept, new Set(before).size]).toEqual([500, 500]);
  });
}
