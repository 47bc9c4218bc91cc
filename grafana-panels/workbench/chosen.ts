/** Widths and heights of panels in a dashboard, in pixels. */
export const SIZES = { small: [300, 200], medium: [760, 420], large: [1400, 760] } as const;

/** What is to be shown. */
export interface Chosen {
  /** Id of the plugin. */
  readonly panel: string;
  /** Name of one of its scenes. */
  readonly scene: string;
  readonly theme: 'light' | 'dark';
  readonly size: keyof typeof SIZES;
}
