import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What stands in the file of templates: the texts of a Slack message, which the contact point names. */
export const messages = {
  apiVersion: 1,
  templates: [
    {
      orgId: 1,
      name: 'watchtower',
      template: readFileSync(join(__dirname, '../../src/alerting/slack.tmpl'), 'utf8'),
    },
  ],
};
