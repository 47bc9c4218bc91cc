/** How much is measured. Sizes in bytes. */
export interface Plan {
  load: { bytes: number; runs: number; naiveRuns: number };
  smallFiles: { count: number; bytes: number; runs: number };
  memory: { files: number; bytes: number };
  startup: { events: number };
  queryRuns: number;
  /** Answers of the datasource's backend, over logs of so many bytes a day. */
  backend: { bytesPerDay: number; runs: number };
  /** Stores of so many events, multiplied from logs of so many bytes a day. */
  queries: { sizes: number[]; bytesPerDay: number; runs: number };
  /** Loads with and without detection, full runs of it, and how often the causes of each incident are asked for. */
  detection: { loads: number; reruns: number; asked: number };
  /** First pictures and updates of each panel's largest scene. */
  panels: { paints: number; updates: number };
}

/** How long the benchmark may take. */
export type Extent = 'quick' | 'default' | 'full';

/** Quick says only that everything works; the default takes some ten minutes on two cores; full keeps every promise. */
export const plans: Readonly<Record<Extent, Plan>> = {
  quick: {
    load: { bytes: 2e6, runs: 1, naiveRuns: 1 },
    smallFiles: { count: 8, bytes: 250_000, runs: 1 },
    memory: { files: 2, bytes: 2e6 },
    startup: { events: 20_000 },
    queryRuns: 2,
    backend: { bytesPerDay: 300_000, runs: 3 },
    queries: { sizes: [20_000, 60_000], bytesPerDay: 1e6, runs: 2 },
    detection: { loads: 1, reruns: 1, asked: 2 },
    panels: { paints: 3, updates: 20 },
  },
  default: {
    load: { bytes: 250e6, runs: 5, naiveRuns: 3 },
    smallFiles: { count: 200, bytes: 2e6, runs: 3 },
    memory: { files: 5, bytes: 200e6 },
    startup: { events: 5e6 },
    queryRuns: 10,
    backend: { bytesPerDay: 20e6, runs: 51 },
    queries: { sizes: [10e6, 100e6], bytesPerDay: 140e6, runs: 20 },
    detection: { loads: 5, reruns: 3, asked: 11 },
    panels: { paints: 21, updates: 1000 },
  },
  full: {
    load: { bytes: 250e6, runs: 5, naiveRuns: 5 },
    smallFiles: { count: 200, bytes: 2e6, runs: 5 },
    memory: { files: 100, bytes: 200e6 },
    startup: { events: 50e6 },
    queryRuns: 10,
    backend: { bytesPerDay: 20e6, runs: 51 },
    queries: { sizes: [10e6, 100e6], bytesPerDay: 140e6, runs: 20 },
    detection: { loads: 5, reruns: 3, asked: 11 },
    panels: { paints: 21, updates: 1000 },
  },
};
