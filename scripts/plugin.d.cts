/** Folders of the panels, from the root. */
export const PANELS: readonly string[];

/** Folders of all plugins, from the root. */
export const PLUGINS: readonly string[];

/** What plugin.json of a plugin's folder says. */
export function metadataOf(plugin: string): { id: string };

/** Whether Go is there, which only the datasource's backend needs. */
export function hasGo(): boolean;

/** Starts the built backend under the host of grafana-datasource/host. Throws where it was not built. */
export function openHost(): Host;

/** Calls to the backend, as many at a time as one likes. */
export interface Host {
  /** Makes one call, as host/calls.go has them. Rejects with what the plugin protocol said. */
  call<T>(call: string, params: object): Promise<T>;
  /** Ends the backend; gives how the host ended. */
  close(): Promise<number | null>;
}
