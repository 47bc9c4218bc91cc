import { useCallback, useEffect, useMemo, useState } from 'react';
import { merged } from '../files/merge';
import { isBusy } from '../files/status';
import type { LogFile } from '../files/types';
import { LIST, type FilesClient } from './client';

/** From one look at what is on its way to the next, and after a failed one; ms. */
const SOON = 1000;
const LATER = 10_000;

/** The files to show, and ways to say that one has changed or is gone. */
export interface CurrentFiles {
  readonly files: readonly LogFile[];
  readonly changed: (file: LogFile) => void;
  readonly removed: (id: string) => void;
}

/** What was heard of a file, and after which answer of the query. */
interface Heard {
  readonly file: LogFile;
  readonly after: readonly LogFile[];
}

/** The files of the query, kept up to date while some are on their way in. */
export function useFiles(
  asked: readonly LogFile[],
  arrived: readonly LogFile[],
  client: FilesClient | undefined
): CurrentFiles {
  const [heard, setHeard] = useState<ReadonlyMap<string, Heard>>(new Map());
  const [gone, setGone] = useState<ReadonlySet<string>>(new Set());

  const files = useMemo(() => {
    const known = new Set(asked.map(({ id }) => id));
    const fresh = arrived.filter(({ id }) => !known.has(id));
    // A new answer of the query is newer than what was heard before it.
    const since = [...heard.values()].filter(({ file, after }) => after === asked || !known.has(file.id));
    const news = [...fresh, ...since.map(({ file }) => file)].map((file) => [file.id, file] as const);
    return merged(asked, new Map(news), gone);
  }, [asked, arrived, heard, gone]);

  const hear = useCallback(
    (news: readonly LogFile[]) =>
      setHeard((before) => new Map([...before, ...news.map((file) => [file.id, { file, after: asked }] as const)])),
    [asked]
  );
  const look = useCallback(async () => {
    const found = (await client?.list()) ?? [];
    const ids = new Set(files.map(({ id }) => id));
    hear(found.filter(({ id }) => ids.has(id)));
    // What is on its way in and not in the whole list was deleted by somebody else.
    const there = new Set(found.map(({ id }) => id));
    const lost = files.filter(({ id, status }) => isBusy(status) && !there.has(id));
    if (lost.length > 0 && found.length < LIST) {
      setGone((before) => new Set([...before, ...lost.map(({ id }) => id)]));
    }
  }, [client, files, hear]);

  const busy = client !== undefined && files.some(({ status }) => isBusy(status));
  const [wait, setWait] = useState({ ms: SOON });
  useEffect(() => {
    if (!busy) {
      return undefined;
    }
    let left = false;
    const again = (ms: number) => () => !left && setWait({ ms });
    const timer = setTimeout(() => void look().then(again(SOON), again(LATER)), wait.ms);
    return () => {
      left = true;
      clearTimeout(timer);
    };
  }, [busy, look, wait]);

  const changed = useCallback((file: LogFile) => hear([file]), [hear]);
  const removed = useCallback(
    (id: string) => {
      setGone((before) => new Set([...before, id]));
      // What it had hidden may be loading now.
      void look().catch(() => undefined);
    },
    [look]
  );
  return { files, changed, removed };
}
