import type { Workbench } from './workbench';

const ID = 'pmta-sankey-panel';

/** What is seen of the Sankey in a browser alone. */
export function sankeySuite(bench: () => Workbench): void {
  const shape = (name: RegExp) => bench().panel.getByRole('button', { name }).first();

  it('lights the whole way through what is under the mouse, and says what is known of it', async () => {
    await bench().show(ID, 'an evening');
    const [before] = [await bench().picture()];
    await shape(/^VMTA-5 → gmail/).hover();
    const tooltip = bench().page.getByRole('tooltip');
    await tooltip.getByText('VMTA-5 → gmail').waitFor();
    // Every field with its own unit.
    const text = await tooltip.innerText();
    for (const part of ['34 K', '63%', '20%', '31.7 min']) expect(text).toContain(part);
    expect((await bench().picture('pmta-sankey-panel hover')).equals(before)).toBe(false);
  });

  it('filters the dashboard by click and by keys', async () => {
    await bench().show(ID, 'an evening');
    await shape(/^VMTA-5 → gmail/).click();
    const filters = [
      { kind: 'filter', what: { key: 'vmta', value: 'VMTA-5', operator: '=' } },
      { kind: 'filter', what: { key: 'provider', value: 'gmail', operator: '=' } },
    ];
    expect(await bench().done()).toEqual(filters);
    await bench().show(ID, 'an evening');
    await shape(/^VMTA-5: /).focus();
    await bench().page.keyboard.press('ArrowRight');
    await bench().page.keyboard.press('Enter');
    expect(await bench().done()).toEqual(filters);
  });
}
