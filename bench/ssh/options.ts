import { count, names, parseArguments } from '../arguments.ts';

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

const OPTIONS = {
  rounds: { type: 'string' },
  logins: { type: 'string' },
  megabytes: { type: 'string' },
  quick: { type: 'boolean', default: false },
  only: { type: 'string' },
  contenders: { type: 'string' },
  node: { type: 'string', multiple: true },
  help: { type: 'boolean', default: false },
} as const;

/** @throws BenchError for what is not understood */
export function parseSshOptions(args: readonly string[]): SshOptions {
  const values = parseArguments(args, OPTIONS, 'npm run bench -- ssh --help');
  const { quick } = values;
  return {
    rounds: count('rounds', values.rounds, quick ? 2 : 5),
    logins: count('logins', values.logins, quick ? 5 : 30),
    megabytes: count('megabytes', values.megabytes, quick ? 50 : 500),
    only: names(values.only),
    contenders: names(values.contenders),
    node: values.node ?? [],
    help: values.help,
  };
}
