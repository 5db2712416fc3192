import { parseArgs } from 'node:util';
import { BenchError } from '../options.ts';

export interface SshOptions {
  /** Rounds of copies. */
  readonly rounds: number;
  /** Rounds of logins. */
  readonly logins: number;
  /** Megabytes (10⁶ bytes) of a copy. */
  readonly megabytes: number;
  /** Names of what is measured, or how they begin; null: all. */
  readonly only: readonly string[] | null;
  /** Of policies; null: all. */
  readonly contenders: readonly string[] | null;
  /** Further arguments for the hoopctl that is measured, before its program: `--cpu-prof`. */
  readonly node: readonly string[];
  readonly help: boolean;
}

export const SSH_USAGE = `npm run bench -- ssh [options]

  --rounds N         rounds of every copy (5)
  --logins N         rounds of logins (30)
  --megabytes N      how much is copied at a time (500)
  --quick            2 rounds of 50 MB and 5 logins: whether it works, not how fast
  --only A,B         only these, or those whose names begin so: download, upload, scp, sftp, login, identical
  --contenders A,B   only these: direct, jump, hoopctl
  --node ARGUMENT    for the Node that runs hoopctl, such as --node=--cpu-prof; may be given more than once
  --help`;

/** @throws BenchError for what is not understood */
export function parseSshOptions(args: readonly string[]): SshOptions {
  const { values } = parsed(args);
  const { quick } = values;
  return {
    rounds: count('rounds', values.rounds, quick ? 2 : 5),
    logins: count('logins', values.logins, quick ? 5 : 30),
    megabytes: count('megabytes', values.megabytes, quick ? 50 : 500),
    only: names(values.only),
    contenders: names(values.contenders),
    node: values.node,
    help: values.help,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        rounds: { type: 'string' },
        logins: { type: 'string' },
        megabytes: { type: 'string' },
        only: { type: 'string' },
        contenders: { type: 'string' },
        node: { type: 'string', multiple: true, default: [] },
        quick: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new BenchError(error instanceof Error ? error.message : 'unreadable options', 'npm run bench -- ssh --help');
  }
}

function count(name: string, text: string | undefined, preset: number): number {
  if (text === undefined) return preset;
  if (!/^[1-9]\d{0,3}$/.test(text)) {
    throw new BenchError(`--${name} is a whole number from 1 to 9999, and not ${text}`, `--${name} ${preset}`);
  }
  return Number(text);
}

function names(text: string | undefined): readonly string[] | null {
  return text === undefined ? null : text.split(',').map((name) => name.trim());
}
