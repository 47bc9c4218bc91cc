import type { Page } from 'playwright-core';

/** An hour that ended a moment ago: all is well, then gmail lets one VMTA through no more. */
function throttled(): string {
  const minute = (ago: number) =>
    new Date(Date.now() - ago * 60_000).toISOString().slice(0, 19).replace('T', ' ');
  const row = (type: string, ago: number, i: number, answer: string) =>
    `${type},${minute(ago)}+0000,${minute(ago)}+0000,news@sender.example,u${ago}-${i}@gmail.com,VMTA-5,J-1,${answer}`;
  const [ok, late] = [
    '2.0.0 (success),smtp;250 OK',
    '4.7.28 (rate),smtp;421-4.7.28 unusual rate of unsolicited mail',
  ];
  const rows = Array.from({ length: 60 }, (_, i) => 65 - i).flatMap((ago) =>
    Array.from({ length: 10 }, (_, i) => (ago < 35 && i > 1 ? row('t', ago, i, late) : row('d', ago, i, ok))),
  );
  return ['type,timeLogged,timeQueued,orig,rcpt,vmta,jobId,dsnStatus,dsnDiag', ...rows, ''].join('\n');
}

/** Uploads that hour to the running service, as Grafana passes an upload on. */
export async function uploadThrottled(page: Page): Promise<void> {
  const status = await page.evaluate(async (body) => {
    const upload = '/api/datasources/proxy/uid/pmta-watchtower/upload?name=throttled.csv';
    return (await fetch(upload, { method: 'POST', body })).status;
  }, throttled());
  if (status !== 202) throw new Error(`the upload was answered with ${status}`);
}
