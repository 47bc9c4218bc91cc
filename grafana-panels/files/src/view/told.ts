import { t } from '../../../shared/texts';
import { tellDone, tellFailed } from '../../../shared/told';

/** Says how uploads ended. */
export function tellUploaded(queued: number, failed: number): void {
  if (queued > 0) {
    tellDone(t('files.uploaded', '{{count}} files are uploaded and being loaded', { count: queued }));
  }
  if (failed > 0) {
    tellFailed(t('files.not-uploaded', '{{count}} files could not be uploaded', { count: failed }), '');
  }
}
