import { alertRules, messages } from './alerting';
import { dashboards } from './dashboards';

/** A file that Grafana reads. */
export interface ProvisionedFile {
  /** Where it stands, from provisioning/. */
  readonly path: string;
  readonly text: string;
}

/** Every file that is written from code. */
export function provisionedFiles(): ProvisionedFile[] {
  return [
    ...dashboards.map((dashboard) => file(`dashboards/json/${dashboard.uid}.json`, dashboard)),
    file('alerting/rules.json', alertRules),
    file('alerting/messages.json', messages),
  ];
}

function file(path: string, content: unknown): ProvisionedFile {
  return { path, text: `${json(content)}\n` };
}

/** Longest line that what belongs together is written into. */
const LINE = 120;

/** JSON with what fits into a line in one: a change of a question or a column is a change of a line. */
function json(content: unknown, indent = ''): string {
  const flat = JSON.stringify(content);
  if (typeof content !== 'object' || content === null || indent.length + flat.length <= LINE) return flat;
  const inner = `${indent}  `;
  const parts = Array.isArray(content)
    ? content.map((each) => json(each, inner))
    : Object.entries(content)
        .filter(([, each]) => each !== undefined)
        .map(([name, each]) => `${JSON.stringify(name)}: ${json(each, inner)}`);
  const [open, close] = Array.isArray(content) ? '[]' : '{}';
  return `${open}\n${inner}${parts.join(`,\n${inner}`)}\n${indent}${close}`;
}
