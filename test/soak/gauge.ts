import { createServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { isMainThread } from 'node:worker_threads';
import { inUse } from '../garbage.ts';

/** Where a program that was started with `--import` of this file tells what it holds on to. */
export const GAUGE = 'HOOPCTL_TEST_GAUGE';

/** What a program holds on to, as it sees it itself. Bytes, after everything unreachable was collected. */
export interface Reading {
  readonly heap: number;
  readonly buffers: number;
  /** What keeps its event loop alive, by kind. */
  readonly resources: Readonly<Record<string, number>>;
}

async function reading(): Promise<Reading> {
  // What was collected may let go of more.
  inUse();
  await nextTurn();
  const { heap, buffers } = inUse();
  const resources: Record<string, number> = {};
  for (const kind of process.getActiveResourcesInfo()) resources[kind] = (resources[kind] ?? 0) + 1;
  return { heap, buffers, resources };
}

const path = process.env[GAUGE];
if (path !== undefined && isMainThread) {
  const gauge = createServer((asker) => {
    asker.on('error', () => asker.destroy());
    void reading().then((found) => asker.end(JSON.stringify(found)));
  });
  gauge.listen(path);
  gauge.unref();
}
