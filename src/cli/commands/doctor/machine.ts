import { lstat } from 'node:fs/promises';
import { errnoOf, HoopError } from '../../../core/errors.ts';
import { trySandbox } from '../../../local/sandbox/availability.ts';
import { openGrammar } from '../../../session/grammar.ts';

/** One thing that was looked at. */
export interface Finding {
  readonly what: string;
  readonly status: 'ok' | 'warning' | 'failed';
  readonly note: string;
  /** What to do about it. */
  readonly hint: string | null;
}

export function found(what: string, status: Finding['status'], note: string): Finding {
  return { what, status, note, hint: null };
}

const NEEDED_NODE = 24;

export function checkNode(): Finding {
  if (Number.parseInt(process.versions.node, 10) >= NEEDED_NODE) return found('Node', 'ok', process.version);
  return { ...found('Node', 'failed', `${process.version} is too old`), hint: `install Node ${NEEDED_NODE} or newer` };
}

/** Whether PostgreSQL's grammar answers: without it every statement is refused. */
export async function checkGrammar(): Promise<Finding> {
  const grammar = openGrammar();
  try {
    const [good, bad] = [await grammar.sql('SELECT 1'), await grammar.sql('SELEC 1')];
    if (good.ok && !bad.ok && bad.reason === 'syntax') return found('grammar', 'ok', 'PostgreSQL’s own parser answers');
    const why = good.ok ? 'it accepts what is no SQL' : good.message;
    return { ...found('grammar', 'failed', `the parser does not work: ${why}`), hint: 'install hoopctl again' };
  } finally {
    await grammar.close();
  }
}

/** Not made here: what is not there yet is made, with the right mode, when it is needed. */
export async function checkDirectory(what: string, pathOf: () => string): Promise<Finding> {
  let path: string;
  try {
    path = pathOf();
  } catch (error) {
    if (!(error instanceof HoopError)) throw error;
    return { ...found(what, 'failed', error.message), hint: error.hint };
  }
  try {
    const { mode, uid } = await lstat(path);
    if (process.getuid !== undefined && uid !== process.getuid()) {
      return {
        ...found(what, 'failed', `${path} belongs to another user`),
        hint: 'HOOPCTL_STATE_DIR=/another/directory',
      };
    }
    if (process.getuid !== undefined && (mode & 0o077) !== 0) {
      return { ...found(what, 'failed', `${path} is open to other users`), hint: `chmod 700 ${path}` };
    }
    return found(what, 'ok', path);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT') return found(what, 'ok', `${path} (made when it is needed)`);
    return {
      ...found(what, 'failed', `${path} cannot be read (${errno ?? 'unknown'})`),
      hint: 'check its permissions',
    };
  }
}

/** A machine without a sandbox is no failure unless a script needs it: everything but `exec` works. */
export async function checkSandbox(needed: boolean): Promise<Finding> {
  try {
    await trySandbox();
    return found('sandbox', 'ok', 'programs that exec runs can be confined here');
  } catch (error) {
    if (!(error instanceof HoopError)) throw error;
    return { ...found('sandbox', needed ? 'failed' : 'warning', error.message), hint: error.hint };
  }
}
