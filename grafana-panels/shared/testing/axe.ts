import axe from 'axe-core';

/** What makes a page hard to use without a mouse or without eyes; empty where nothing does. */
export async function barriers(container: Element): Promise<string[]> {
  // Colours and sizes need a browser; parts of pages have no landmarks.
  const rules = { 'color-contrast': { enabled: false }, region: { enabled: false } };
  const { violations } = await axe.run(container, { rules });
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}
