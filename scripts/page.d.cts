/** A browser that is installed here; undefined where there is none. */
export function browserPath(): string | undefined;

/** How it is started: without a screen, and without its own calls home. */
export const BROWSER_ARGUMENTS: string[];

/** What a page is made of, and whom it asks. */
export interface PageOptions {
  /** TypeScript that imports from the root. */
  script: string;
  /** Address of the service that answers; without one nothing does. */
  api?: string | undefined;
  /** Key that goes with every question. */
  key?: string | undefined;
  /** Range of every question, epoch milliseconds; the last day where none is given. */
  range?: { from: number; to: number } | undefined;
  /** A free one where none is given. */
  port?: number | undefined;
}

/** Serves a page made of Grafana's own packages, in which built plugins run as Grafana runs them. */
export function servePage(options: PageOptions): Promise<{ url: string; close: () => void }>;
