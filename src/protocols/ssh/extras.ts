import type { Statement } from '../../core/statement.ts';
import { channelStatement } from './statements.ts';

/** What a client wants to lend to a program: the keys of its agent, or its screen. */
export type Extra = 'agent' | 'x11';

const WORDS: Readonly<Record<Extra, string>> = { agent: 'agent forwarding', x11: 'X11 forwarding' };

export function extraStatement(extra: Extra): Statement {
  return channelStatement(WORDS[extra], extra, []);
}

/** What a client is told where the policy lets it through. */
export function missingWords(extra: Extra): readonly string[] {
  return [`${WORDS[extra]} does not pass through hoopctl: it goes on without`];
}
