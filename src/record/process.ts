import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { errnoOf } from '../core/errors.ts';
import type { WriterProcess } from './event.ts';

/**
 * When a process was born, in the kernel's ticks since boot together with the boot's id: two processes
 * never share it. Null where the system does not tell, or there is no such process.
 */
function birthOf(pid: number): string | null {
  if (process.platform !== 'linux') return null;
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The second field is the program's name and may hold anything, so count from its closing parenthesis.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? null : `${boot}/${ticks}`;
  } catch (error) {
    if (errnoOf(error) === null) throw error;
    return null;
  }
}

/** This process, as a record's header names it. */
export function thisProcess(): WriterProcess {
  return { pid: process.pid, host: hostname(), birth: birthOf(process.pid) };
}

/** True while the process that wrote a header may still be writing. Of another machine's, nothing is known: false. */
export function isRunning(writer: WriterProcess): boolean {
  if (writer.host !== hostname() || writer.pid < 1) return false;
  if (writer.birth !== null) return birthOf(writer.pid) === writer.birth;
  try {
    process.kill(writer.pid, 0);
    return true;
  } catch (error) {
    return errnoOf(error) === 'EPERM';
  }
}
