import type { PanelModel } from '@grafana/data';
import { VERSION, defaults, type FilesOptions } from './options';

/** Options of any earlier version, or of none, as this version reads them. Those of a later one are kept as they are. */
export function migrate({ options }: Pick<PanelModel<Partial<FilesOptions>>, 'options'>): FilesOptions {
  return { ...defaults, ...options, version: Math.max(VERSION, options?.version ?? 0) };
}
