import { writeDemo } from '@pmta-watchtower/generator';
import { mkdir } from 'node:fs/promises';
import type { Settings } from '../config';
import type { Io } from './io';
import { table } from './table';

/** Size and seed of the synthetic logs. */
export interface DemoOptions {
  messages: number;
  seed: string;
  days: number;
}

/** Writes synthetic logs that end now into the drop folder and prints what is true of them. */
export async function printDemo({ dropDir }: Settings, io: Io, options: DemoOptions): Promise<void> {
  await mkdir(dropDir, { recursive: true });
  const { files, truth } = await writeDemo({ dir: dropDir, now: Math.floor(Date.now() / 1000), ...options });
  const { injected, delivered, bounced, deferrals, complaints, rb } = truth.messages;
  io.stdout.write(
    [
      `Wrote ${files.length} files into ${dropDir}.`,
      'Once they are loaded, these are the figures:',
      table(
        ['messages', 'delivered', 'bounced', 'deferrals', 'complaints', 'blocks', 'incidents'],
        [[injected, delivered, bounced, deferrals, complaints, rb, truth.incidents.length]],
      ),
    ].join('\n'),
  );
}
