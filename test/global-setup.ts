import { accessSync, chmodSync, constants, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { constants as system, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { embeddedDirectory } from './postgres/binaries.ts';

/** Where Linux keeps files in memory. */
const MEMORY = '/dev/shm';
/** Bytes that must be free there. */
const ENOUGH = 4 * 1024 ** 3;

const BUILDS = fileURLToPath(new URL('../.hoopctl', import.meta.url));

/** Attacks make databases over and over, which is mostly the work of the file system: in memory it is a tenth of it. */
function fastest(): string {
  try {
    accessSync(MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(MEMORY);
    return bavail * bsize >= ENOUGH ? MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}

/** Before the first test of a run: a directory for what its processes share, which is gone when the run ends. */
export function setup(): void {
  const directory = mkdtempSync(join(fastest(), 'hoopctl-run-'));
  const remove = (path: string): void => rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  process.once('exit', () => [directory, join(BUILDS, basename(directory))].forEach(remove));
  for (const signal of ['SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => process.exit(128 + system.signals[signal]));
  // PostgreSQL runs under an account of its own.
  chmodSync(directory, 0o755);
  embeddedDirectory();
  process.env['HOOPCTL_TEST_RUN'] = directory;
  // Tests run the program from its sources, a thousand times: they are compiled once.
  process.env['NODE_COMPILE_CACHE'] = join(directory, 'compiled');
}
