import { HoopError, type ErrorCode } from '../core/errors.ts';
import { visibleLines } from '../core/visible.ts';
import type { Terminal } from './terminal.ts';

export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  cancelled: 3,
  login: 4,
  denied: 5,
  rejected: 6,
  unreachable: 7,
  verification: 8,
  /** A client that cannot be started: what shells say. */
  notFound: 127,
} as const;

/** The exit code of each error, and what to try when the error itself does not say. */
const FAILURES: Readonly<Record<ErrorCode, readonly [code: number, attempt: string]>> = {
  'config.missing': [EXIT.usage, 'hoopctl doctor'],
  'config.invalid': [EXIT.usage, 'hoopctl policy check'],
  'config.secret': [EXIT.usage, 'hoopctl doctor'],
  'config.target': [EXIT.usage, 'hoopctl targets list'],
  'policy.invalid': [EXIT.usage, 'hoopctl policy check'],
  'policy.unsupported': [EXIT.usage, 'hoopctl policy check'],
  'policy.denied': [EXIT.denied, 'hoopctl policy explain "SQL" --target NAME'],
  'wire.protocol': [EXIT.failure, 'hoopctl doctor'],
  'wire.limit': [EXIT.failure, 'hoopctl doctor'],
  'wire.deadline': [EXIT.cancelled, 'hoopctl doctor'],
  'wire.closed': [EXIT.failure, 'hoopctl doctor'],
  'postgres.login': [EXIT.unreachable, 'hoopctl doctor'],
  'postgres.tls': [EXIT.unreachable, 'hoopctl doctor'],
  'postgres.unreachable': [EXIT.unreachable, 'hoopctl doctor'],
  'postgres.closed': [EXIT.unreachable, 'hoopctl targets test'],
  'postgres.protocol': [EXIT.failure, 'hoopctl doctor'],
  'postgres.catalog': [EXIT.failure, 'hoopctl doctor'],
  'session.columns': [EXIT.failure, 'hoopctl doctor'],
  'postgres.trial': [EXIT.failure, 'hoopctl doctor'],
  'ssh.unreachable': [EXIT.unreachable, 'hoopctl doctor'],
  'ssh.host-key': [EXIT.unreachable, 'hoopctl targets show NAME'],
  'ssh.login': [EXIT.unreachable, 'hoopctl doctor'],
  'ssh.protocol': [EXIT.failure, 'hoopctl doctor'],
  'ssh.closed': [EXIT.unreachable, 'hoopctl targets test'],
  'session.grammar': [EXIT.failure, 'hoopctl doctor'],
  'session.expired': [EXIT.cancelled, 'hoopctl connect TARGET --ttl 1h'],
  'session.unconfirmed': [EXIT.login, 'hoopctl login'],
  'session.reason': [EXIT.usage, 'hoopctl connect TARGET --reason "why"'],
  'record.append': [EXIT.failure, 'hoopctl doctor'],
  'record.unreadable': [EXIT.failure, 'hoopctl sessions verify SESSION'],
  'record.missing': [EXIT.usage, 'hoopctl sessions list'],
  'record.verification': [EXIT.verification, 'hoopctl sessions verify SESSION --json'],
  'record.exists': [EXIT.failure, 'another --output'],
  'identity.login': [EXIT.login, 'hoopctl login'],
  'identity.denied': [EXIT.login, 'hoopctl login'],
  'identity.timeout': [EXIT.cancelled, 'hoopctl login'],
  'identity.provider': [EXIT.failure, 'hoopctl doctor'],
  'identity.unreachable': [EXIT.unreachable, 'hoopctl doctor'],
  'identity.token': [EXIT.verification, 'hoopctl login'],
  'local.secrets': [EXIT.failure, 'hoopctl doctor'],
  'local.inbox': [EXIT.failure, 'hoopctl status'],
  'local.request': [EXIT.rejected, 'hoopctl requests list'],
  'local.approver': [EXIT.denied, 'hoopctl requests show ID'],
  'local.inside': [EXIT.denied, 'the same command in a terminal of your own'],
  'local.listen': [EXIT.failure, 'another --port'],
  'local.child': [EXIT.notFound, 'hoopctl connect TARGET -- psql'],
  'local.sandbox': [EXIT.failure, 'hoopctl doctor'],
  'local.pty': [EXIT.failure, 'hoopctl doctor'],
  'local.server': [EXIT.failure, 'hoopctl doctor'],
  'cli.usage': [EXIT.usage, 'hoopctl --help'],
  'cli.cancelled': [EXIT.cancelled, 'the same command again'],
  'cli.bug': [EXIT.failure, 'HOOPCTL_DEBUG=1 and the same command again'],
};

export function exitCodeOf(error: unknown): number {
  return error instanceof HoopError ? FAILURES[error.code][0] : EXIT.failure;
}

/**
 * Says what went wrong on stderr, ends with a `Try:` line, and returns the exit code. Messages may name what somebody
 * else named: a function of the target's, a file.
 */
export function report(error: unknown, terminal: Terminal, debug: boolean): number {
  const label = terminal.styled('stderr', 'red', 'error:');
  if (error instanceof HoopError) {
    terminal.progress(`${label} ${visibleLines(error.message)}`);
    if (debug) terminal.progress(stackOf(error));
    terminal.progress(`Try: ${visibleLines(error.hint ?? FAILURES[error.code][1])}`);
    return FAILURES[error.code][0];
  }
  // A foreign error's message may quote anything, so it is for the eyes of whoever asked for it.
  terminal.progress(`${label} this is a bug in hoopctl (${error instanceof Error ? error.name : typeof error})`);
  if (debug) terminal.progress(stackOf(error));
  terminal.progress('Please report it as SECURITY.md or the README says, with what you did.');
  terminal.progress(`Try: ${FAILURES['cli.bug'][1]}`);
  return EXIT.failure;
}

function stackOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause === undefined ? '' : `\ncaused by ${stackOf(error.cause)}`;
  return `${error.stack ?? error.message}${cause}`;
}
