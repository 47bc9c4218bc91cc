/** Something that a person can do with what was clicked. */
export interface Choice {
  readonly label: string;
  /** Set where it opens a page. */
  readonly href?: string;
  readonly target?: '_blank' | undefined;
  readonly run: () => void;
}
