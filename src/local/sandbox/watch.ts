import { readdir, readFile } from 'node:fs/promises';
import type { SandboxLimits } from './limits.ts';

/** Milliseconds between looks. */
const LOOK = 250;

export interface WatchOptions {
  /** The process that holds the sandbox. */
  readonly pid: number;
  readonly limits: Pick<SandboxLimits, 'processes' | 'memory'>;
  /** Called once, when there is too much. */
  readonly exceeded: (what: 'processes' | 'memory') => void;
}

/**
 * Counts from outside what a sandbox holds: what counts inside can be stopped, or made to lie, by those that it counts.
 * Nobody leaves a namespace of processes, and so all that is in it stays below the process that holds it. Where the kernel
 * does not say who started whom nothing is found.
 *
 * @returns what ends it
 */
export function watchSandbox({ pid, limits, exceeded }: WatchOptions): () => void {
  let timer: NodeJS.Timeout | null = null;
  let over = false;
  const next = (): void => {
    timer = setTimeout(() => void look(), LOOK).unref();
  };
  const look = async (): Promise<void> => {
    const found = await excessOf(pid, limits);
    if (over) return;
    if (found === null) next();
    else exceeded(found);
  };
  next();
  return () => {
    over = true;
    if (timer !== null) clearTimeout(timer);
  };
}

/** What there is too much of below a process; null when there is not. Looks no further than it takes to tell. */
async function excessOf(root: number, limits: WatchOptions['limits']): Promise<'processes' | 'memory' | null> {
  const found = [...(await childrenOf(root))];
  let memory = 0;
  for (const pid of found) {
    if (found.length > limits.processes) return 'processes';
    memory += await residentOf(pid);
    if (memory > limits.memory) return 'memory';
    found.push(...(await childrenOf(pid)));
  }
  return null;
}

/** Of all threads of a process. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists: string[] = [];
  for (const thread of threads) lists.push(await contents(`/proc/${pid}/task/${thread}/children`));
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

/** Bytes. */
async function residentOf(pid: number): Promise<number> {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(await contents(`/proc/${pid}/status`))?.[1];
  return Number(kibibytes ?? 0) * 1024;
}

/** Nothing of a process that has just ended. */
function contents(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}
