import type { X11Info } from 'ssh2';
import { Secret } from '../../../core/secret.ts';
import type { Statement } from '../../../core/statement.ts';
import { channelStatement } from '../statements.ts';

/** What a client wants to lend to a program: the keys of its agent, or its screen. */
export type Extra = { readonly kind: 'agent' } | { readonly kind: 'x11'; readonly screen: ScreenRequest };

/** How a target is to reach a client's screen. */
export interface ScreenRequest {
  /** Once, and never again. */
  readonly single: boolean;
  /** How whoever comes proves that it may: `MIT-MAGIC-COOKIE-1`, and hexadecimal digits. */
  readonly protocol: string;
  readonly cookie: Secret;
  readonly screen: number;
}

const WORDS: Readonly<Record<Extra['kind'], string>> = { agent: 'agent forwarding', x11: 'X11 forwarding' };

export function extraStatement({ kind }: Extra): Statement {
  return channelStatement(WORDS[kind], kind, []);
}

/** Null for what servers would not take, or would take for something else. */
export function screenOf({ single, protocol, cookie, screen }: X11Info): ScreenRequest | null {
  // ssh2 gives its bytes.
  const digits = Buffer.from(cookie).toString('latin1');
  if (!/^[A-Za-z0-9-]{1,64}$/.test(protocol) || !/^(?:[0-9a-fA-F]{2}){1,256}$/.test(digits)) return null;
  return { single, protocol, cookie: new Secret(digits), screen };
}

/** What a client is told whose target does not want what is lent to it. */
export function declinedWords({ kind }: Extra): readonly string[] {
  return [`the server does not take ${WORDS[kind]}: it goes on without`];
}

/** What a client is told who had been given leave. */
export function revokedWords({ kind }: Extra): readonly string[] {
  return [`${WORDS[kind]} was approved here, and is not any more`];
}
