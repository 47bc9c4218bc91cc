import { Agent, get } from 'node:http';
import { performance } from 'node:perf_hooks';

const INTERVAL_MS = 10;

/**
 * Asks `/healthz` every 10 ms, whether or not the last answer is there, until `work` is done; the times to answer in
 * ms. Rejects where an answer fails.
 */
export async function healthDuring(url: string, work: () => Promise<unknown>): Promise<number[]> {
  const agent = new Agent({ keepAlive: true });
  const answers: Promise<number>[] = [];
  const timer = setInterval(() => {
    const answer = timeToAnswer(`${url}/healthz`, agent);
    answer.catch(() => undefined);
    answers.push(answer);
  }, INTERVAL_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  const times = await Promise.all(answers);
  agent.destroy();
  return times;
}

function timeToAnswer(url: string, agent: Agent): Promise<number> {
  return new Promise((resolve, reject) => {
    const start = performance.now();
    get(url, { agent }, (response) => {
      response.resume().on('end', () => {
        if (response.statusCode === 200) resolve(performance.now() - start);
        else reject(new Error(`/healthz answered ${response.statusCode}`));
      });
    }).on('error', reject);
  });
}
