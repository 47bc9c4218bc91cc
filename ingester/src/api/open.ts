import { createApp } from './app';
import { listen, type Listening } from './listen';
import { Monitor } from './monitor';
import type { ApiDependencies } from './route';
import { LiveCounters } from './stream';

/** What the API is given; the rest of what its routes work with is its own. */
export type ApiParts = Omit<ApiDependencies, 'monitor' | 'stream'>;

/** Serves the API on an address; port 0 takes a free one. Rejects where the address cannot be had. */
export async function openApi(parts: ApiParts, address: { host: string; port: number }): Promise<Listening> {
  const { store, ingest, context } = parts;
  const monitor = new Monitor();
  const stream = new LiveCounters(store, ingest, context);
  const unsubscribe = ingest.onCommit(({ seconds }) => monitor.observeCommit(seconds));
  const release = (): void => {
    unsubscribe();
    stream.close();
  };
  try {
    const listening = await listen(createApp({ ...parts, monitor, stream }), address);
    return {
      url: listening.url,
      // Streams end first: they would not end by themselves.
      close: () => {
        release();
        return listening.close();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}
