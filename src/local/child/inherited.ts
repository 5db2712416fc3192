import { closeSync, readdirSync, readFileSync } from 'node:fs';

/** O_CLOEXEC as /proc shows it. What Node opens is never passed on; what it was started with is. */
const NOT_PASSED_ON = 0o2_000_000;

/**
 * Closes what whoever started this process left open besides its streams: a lock, a directory, an end of a pipe of theirs.
 * Every program that is started would have it, too. Where the system does not show descriptors, nothing is closed.
 */
export function closeInherited(): void {
  for (const descriptor of descriptors()) {
    if (descriptor > 2 && isPassedOn(descriptor)) closeSync(descriptor);
  }
}

function descriptors(): readonly number[] {
  try {
    return readdirSync('/proc/self/fd').map(Number);
  } catch {
    return [];
  }
}

/** False for one that has just been closed, as that by which the others were listed. */
function isPassedOn(descriptor: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${descriptor}`, 'utf8'))?.[1];
    return flags !== undefined && (Number.parseInt(flags, 8) & NOT_PASSED_ON) === 0;
  } catch {
    return false;
  }
}
