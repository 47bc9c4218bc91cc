import type { LogFile } from '../files/types';

/** Sends one file; gives the files that were queued of it (an archive holds several). Rejects with a message for people. */
export type Send = (file: File, onProgress: (bytes: number) => void, signal: AbortSignal) => Promise<LogFile[]>;

/** A file that is not wholly sent. */
export interface Upload {
  readonly id: number;
  readonly name: string;
  readonly bytes: number;
  readonly sent: number;
  readonly state: 'waiting' | 'sending' | 'failed';
  /** Why it failed. */
  readonly message: string;
}

/** How uploads stand. */
export interface Uploads {
  readonly uploads: readonly Upload[];
  /** What was queued of them, the newest first. */
  readonly arrived: readonly LogFile[];
}

/** Called when the last of several is sent, with how many files were queued and how many uploads failed. */
export type OnDone = (queued: number, failed: number) => void;

/** Arrived files that are remembered; what is older is in the list by now. */
const REMEMBERED = 500;

/** Files on their way, one after the other. It outlives the panel, which Grafana takes away when another is looked at. */
export class UploadQueue {
  private state: Uploads = { uploads: [], arrived: [] };
  private readonly files = new Map<number, File>();
  private readonly listeners = new Set<() => void>();
  private current: { id: number; abort: AbortController } | undefined;
  private ids = 0;
  private counts = { queued: 0, failed: 0 };

  constructor(
    private readonly send: Send,
    private readonly onDone: OnDone
  ) {}

  readonly snapshot = (): Uploads => this.state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  add(files: readonly File[]): void {
    const added = files.map((file): Upload => {
      const id = ++this.ids;
      this.files.set(id, file);
      return { id, name: file.name, bytes: file.size, sent: 0, state: 'waiting', message: '' };
    });
    this.set({ uploads: [...this.state.uploads, ...added] });
    this.next();
  }

  /** Stops one, or takes one that failed out of the list. */
  drop(id: number): void {
    this.files.delete(id);
    this.set({ uploads: this.state.uploads.filter((upload) => upload.id !== id) });
    if (this.current?.id === id) {
      this.current.abort.abort();
    }
  }

  /** Remembers no longer that a file arrived: it was deleted. */
  forget(file: string): void {
    this.set({ arrived: this.state.arrived.filter(({ id }) => id !== file) });
  }

  /** Sends one that failed again. */
  again(id: number): void {
    this.change(id, { state: 'waiting', sent: 0, message: '' });
    this.next();
  }

  private next(): void {
    const upload = this.state.uploads.find(({ state }) => state === 'waiting');
    const file = upload && this.files.get(upload.id);
    if (this.current || !upload || !file) {
      return;
    }
    const abort = new AbortController();
    this.current = { id: upload.id, abort };
    this.change(upload.id, { state: 'sending' });
    this.send(file, (sent) => this.change(upload.id, { sent }), abort.signal)
      .then((files) => {
        this.files.delete(upload.id);
        this.counts.queued += files.length;
        this.set({
          uploads: this.state.uploads.filter(({ id }) => id !== upload.id),
          arrived: [...files, ...this.state.arrived].slice(0, REMEMBERED),
        });
      })
      .catch((error: Error) => {
        if (!abort.signal.aborted) {
          this.counts.failed++;
          this.change(upload.id, { state: 'failed', message: error.message });
        }
      })
      .finally(() => {
        this.current = undefined;
        this.next();
        if (!this.current && this.counts.queued + this.counts.failed > 0) {
          const { queued, failed } = this.counts;
          this.counts = { queued: 0, failed: 0 };
          this.onDone(queued, failed);
        }
      });
  }

  private change(id: number, changed: Partial<Upload>): void {
    this.set({
      uploads: this.state.uploads.map((upload) => (upload.id === id ? { ...upload, ...changed } : upload)),
    });
  }

  private set(changed: Partial<Uploads>): void {
    this.state = { ...this.state, ...changed };
    this.listeners.forEach((listener) => listener());
  }
}
