/** A column of stored rows. */
export interface SceneField {
  readonly name: string;
  readonly type: 'string' | 'number' | 'time' | 'boolean' | 'other';
  readonly values: readonly unknown[];
  /** Grafana's field config: unit, thresholds, links, … */
  readonly config?: object;
  readonly labels?: Readonly<Record<string, string>>;
}

/** An answer of a datasource, stored. */
export interface SceneFrame {
  readonly name?: string;
  readonly refId?: string;
  readonly meta?: object;
  readonly fields: readonly SceneField[];
}

/** One thing to look at: a panel with data and options. Plain data, as tests read it outside the browser too. */
export interface Scene {
  /** What people choose it by. */
  readonly name: string;
  /** The answer, in a given round of updates, from 0; without it the running service is asked. */
  readonly frames?: (round: number) => readonly SceneFrame[];
  /** What is asked, or, with stored rows, what the panel is told that was. */
  readonly queries?: readonly object[];
  readonly options?: object;
  /** What is configured for all fields and for some, as Grafana saves it. */
  readonly fieldConfig?: { readonly defaults?: object; readonly overrides?: readonly object[] };
  /** As Grafana names it; `Done` where nothing is said. */
  readonly state?: 'NotStarted' | 'Loading' | 'Streaming' | 'Done' | 'Error';
  /** What a failed query said. */
  readonly error?: string;
  /** The dashboard's time range, epoch milliseconds; where nothing is said, that of live answers. */
  readonly range?: { readonly from: number; readonly to: number };
  /** Texts that must stand in the panel, whatever its size. */
  readonly shows?: readonly string[];
}

/** A text that would run as a script, or break the page, were it taken for more than text. */
export const HOSTILE = `<img src=x onerror="window.hit=1"><script>window.hit=1</script>\${hit}{{hit}}'"&\u202e\u0000`;

/** Addresses that would run as a script. */
export const HOSTILE_LINKS = [
  'javascript:window.hit=1',
  ' JaVaScRiPt:window.hit=1',
  'java\nscript:window.hit=1',
  'data:text/html,<script>window.hit=1</script>',
  'vbscript:window.hit=1',
];

/** A name that no column has room for. */
export const LONG = `${'very-long-name-of-a-virtual-mta-'.repeat(12)}end`;
