import { AppEvents } from '@grafana/data';
import { t } from '@grafana/i18n';
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

/** Says how uploads ended. */
export function tellUploaded(queued: number, failed: number): void {
  if (queued > 0) {
    tellDone(t('files.uploaded', '{{count}} files are uploaded and being loaded', { count: queued }));
  }
  if (failed > 0) {
    tellFailed(t('files.not-uploaded', '{{count}} files could not be uploaded', { count: failed }), '');
  }
}
