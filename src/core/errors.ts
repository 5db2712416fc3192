/**
 * Every failure that hoopctl names. The prefix is the room that raises it.
 * Messages never carry statement text, row values, secrets or an upstream's words.
 */
export type ErrorCode =
  | 'config.missing'
  | 'config.invalid'
  | 'config.secret'
  | 'config.target'
  | 'policy.invalid'
  | 'policy.unsupported'
  | 'policy.denied'
  | 'wire.protocol'
  | 'wire.limit'
  | 'wire.deadline'
  | 'wire.closed'
  | 'postgres.login'
  | 'postgres.tls'
  | 'postgres.unreachable'
  | 'postgres.closed'
  | 'postgres.protocol'
  | 'postgres.catalog'
  | 'postgres.trial'
  | 'ssh.unreachable'
  | 'ssh.host-key'
  | 'ssh.login'
  | 'ssh.protocol'
  | 'ssh.closed'
  | 'session.columns'
  | 'session.grammar'
  | 'session.expired'
  | 'session.reason'
  | 'session.unconfirmed'
  | 'record.append'
  | 'record.unreadable'
  | 'record.missing'
  | 'record.verification'
  | 'record.exists'
  | 'identity.login'
  | 'identity.denied'
  | 'identity.timeout'
  | 'identity.provider'
  | 'identity.unreachable'
  | 'identity.token'
  | 'local.secrets'
  | 'local.listen'
  | 'local.inbox'
  | 'local.request'
  | 'local.approver'
  | 'local.inside'
  | 'local.child'
  | 'local.sandbox'
  | 'local.pty'
  | 'local.server'
  | 'cli.usage'
  | 'cli.cancelled'
  | 'cli.bug';

export interface HoopErrorOptions {
  readonly cause?: unknown;
  /** What the user can do next; the command line prints it as its `Try:` line. */
  readonly hint?: string;
}

/** An error a user can meet. Anything else that is thrown is a bug in hoopctl. */
export class HoopError extends Error {
  override readonly name = 'HoopError';
  readonly code: ErrorCode;
  readonly hint: string | null;

  constructor(code: ErrorCode, message: string, options: HoopErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint ?? null;
  }
}

/** The errno of a Node system error (`ENOSPC`, `ECONNREFUSED`, …), or null. */
export function errnoOf(error: unknown): string | null {
  if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
  return null;
}
