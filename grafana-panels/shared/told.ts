import { AppEvents } from '@grafana/data';
import { getAppEvents } from '@grafana/runtime';

/** Says what was done, in a corner of the page. */
export function tellDone(text: string): void {
  getAppEvents().publish({ type: AppEvents.alertSuccess.name, payload: [text] });
}

/** Says what could not be done, and why. */
export function tellFailed(text: string, why: unknown): void {
  const reason = why instanceof Error ? why.message : String(why);
  getAppEvents().publish({ type: AppEvents.alertError.name, payload: [text, reason] });
}
