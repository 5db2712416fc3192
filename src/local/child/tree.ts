import { readdirSync, readFileSync } from 'node:fs';

/** Rounds in which what was started meanwhile is found, too. */
const ROUNDS = 10;

/**
 * Kills every process that was started with this variable in its environment: whoever leaves the process group keeps it
 * unless it hides on purpose. Where the system does not show environments, nothing is found.
 */
export function endTree(variable: string): void {
  for (let round = 0; round < ROUNDS; round += 1) {
    const found = processesWith(variable);
    for (const pid of found) kill(pid);
    if (found.length === 0) return;
  }
}

/** Kills a process group, where there is one of this number. */
export function endGroup(pid: number): void {
  if (pid > 1) kill(-pid);
}

function processesWith(variable: string): readonly number[] {
  const wanted = Buffer.from(`\0${variable}\0`);
  return processes().filter((pid) => pid !== process.pid && environmentOf(pid).includes(wanted));
}

function processes(): readonly number[] {
  try {
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? [Number(name)] : []));
  } catch {
    return [];
  }
}

/** Empty for processes of others, and for those that are gone. */
function environmentOf(pid: number): Buffer {
  try {
    return Buffer.concat([Buffer.from('\0'), readFileSync(`/proc/${pid}/environ`), Buffer.from('\0')]);
  } catch {
    return Buffer.alloc(0);
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has just ended.
  }
}
