import { config } from '@grafana/runtime';
import type { FileRecord } from '@pmta-watchtower/ingester/dist/ingest/index.js';
import type { LogFile } from '../files/types';
import { fileOf, refusal } from './answers';
import type { Send } from './uploads';

/**
 * Sends a file through the datasource's route, which takes bodies of any size; its resources would hold them in memory. It is an
 * XMLHttpRequest as `fetch` does not say how much of a body is gone.
 */
export function sender(uid: string): Send {
  return (file, onProgress, signal) =>
    new Promise<LogFile[]>((resolve, reject) => {
      const request = new XMLHttpRequest();
      const name = encodeURIComponent(file.name);
      request.open(
        'POST',
        `${config.appSubUrl}/api/datasources/proxy/uid/${encodeURIComponent(uid)}/upload?name=${name}`
      );
      request.setRequestHeader('Content-Type', 'application/octet-stream');
      request.setRequestHeader('X-Grafana-Org-Id', String(config.bootData.user.orgId));
      request.upload.onprogress = ({ loaded }) => onProgress(loaded);
      request.onload = () => {
        const body = bodyOf(request.responseText);
        if (request.status >= 200 && request.status < 300 && body !== undefined) {
          resolve((body as { files: FileRecord[] }).files.map(fileOf));
        } else {
          reject(new Error(refusal(request.status, body)));
        }
      };
      request.onerror = () => reject(new Error(refusal(0, undefined)));
      request.onabort = () => reject(new DOMException('', 'AbortError'));
      signal.addEventListener('abort', () => request.abort());
      request.send(file);
    });
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
