import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** What a process had used by a moment, threads and all. */
export interface Usage {
  /** Nanoseconds on a processor, by thread. */
  readonly threads: ReadonlyMap<number, number>;
  /** The whole process's time in clock ticks, threads that have ended included. */
  readonly ticks: number;
}

/** Bytes. */
export interface Memory {
  /** The most since `forgetPeak`. */
  readonly peak: number;
  readonly resident: number;
}

/** USER_HZ, which is 100 on every architecture Linux has now. */
const NANOSECONDS_A_TICK = 1e7;

/** schedstat: nanoseconds on a processor, nanoseconds waiting for one, time slices. */
export function parseSchedstat(text: string): number {
  const match = /^(\d+) \d+ \d+\s*$/.exec(text);
  if (match === null) throw new Error('schedstat is not what proc(5) says');
  return Number(match[1]);
}

/** stat: fields 14 and 15 are utime and stime; the second is the program's name in brackets, with whatever is in it. */
export function parseStat(text: string): number {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  if (!Number.isInteger(user) || !Number.isInteger(system)) throw new Error('stat is not what proc(5) says');
  return user + system;
}

/** The same of a process and of all those it has started and seen end: fields 16 and 17 are cutime and cstime. */
export function parseFamily(text: string): number {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[13]), Number(fields[14])];
  if (!Number.isInteger(user) || !Number.isInteger(system)) throw new Error('stat is not what proc(5) says');
  return parseStat(text) + user + system;
}

/** status: VmHWM and VmRSS in KiB. */
export function parseStatus(text: string): Memory {
  const read = (name: string): number => {
    const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text);
    if (match === null) throw new Error(`status has no ${name}`);
    return Number(match[1]) * 1024;
  };
  return { peak: read('VmHWM'), resident: read('VmRSS') };
}

export function readUsage(pid: number): Usage {
  const threads = new Map<number, number>();
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const time = readThread(pid, task);
    if (time !== null) threads.set(Number(task), time);
  }
  return { threads, ticks: parseStat(readFileSync(`/proc/${pid}/stat`, 'latin1')) };
}

/** Null when the thread ended meanwhile, and where the kernel keeps no schedstat. */
function readThread(pid: number, task: string): number | null {
  try {
    return parseSchedstat(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'latin1'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ESRCH') return null;
    throw error;
  }
}

/** Nanoseconds of processor time between two readings: exact, or to a tick when a thread ended and took its sum along. */
export function cpuBetween(before: Usage, after: Usage): number {
  let sum = 0;
  for (const [thread, time] of after.threads) sum += time - (before.threads.get(thread) ?? 0);
  const ended = [...before.threads.keys()].some((thread) => !after.threads.has(thread));
  // Kernels without schedstat tell of no thread at all.
  return ended || after.threads.size === 0 ? (after.ticks - before.ticks) * NANOSECONDS_A_TICK : sum;
}

export function readMemory(pid: number): Memory {
  return parseStatus(readFileSync(`/proc/${pid}/status`, 'latin1'));
}

/** Peaks count from now on (proc(5), clear_refs); where that is not allowed, they go on counting from the start. */
export function forgetPeak(pid: number): void {
  try {
    writeFileSync(`/proc/${pid}/clear_refs`, '5');
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EACCES', 'EPERM', 'EROFS'].includes(code)) throw error;
  }
}

/** Milliseconds between two looks, and for how many of them work that goes on is waited for. */
const LOOK = 50;
const LONGEST = 3000;
/** Nanoseconds in a look's time: less is no work. */
const QUIET = 1e6;

/** The usage once the process has nothing left to do: what it puts off is part of what the work cost. */
export async function settledUsage(pid: number): Promise<Usage> {
  let before = readUsage(pid);
  for (const deadline = Date.now() + LONGEST; Date.now() < deadline;) {
    await pause(LOOK);
    const after = readUsage(pid);
    if (cpuBetween(before, after) < QUIET) return after;
    before = after;
  }
  return before;
}
