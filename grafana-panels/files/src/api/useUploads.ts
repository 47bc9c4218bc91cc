import { useSyncExternalStore } from 'react';
import { tellUploaded } from '../view/told';
import { sender } from './send';
import { UploadQueue, type Uploads } from './uploads';

/** A queue for each datasource, so that an upload goes on when its panel is left. */
const queues = new Map<string, UploadQueue>();

const NONE: Uploads = { uploads: [], arrived: [] };
const nothing = () => () => undefined;

/** The uploads to a datasource; none where there is none. */
export function useUploads(uid: string | undefined): { queue: UploadQueue | undefined } & Uploads {
  const queue = uid === undefined ? undefined : queueOf(uid);
  const uploads = useSyncExternalStore(queue?.subscribe ?? nothing, queue?.snapshot ?? (() => NONE));
  return { queue, ...uploads };
}

function queueOf(uid: string): UploadQueue {
  const queue = queues.get(uid) ?? new UploadQueue(sender(uid), tellUploaded);
  queues.set(uid, queue);
  return queue;
}
