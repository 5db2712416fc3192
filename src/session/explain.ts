import type { CatalogSource } from '../core/catalog.ts';
import type { Clock } from '../core/clock.ts';
import type { Grammar } from '../core/grammar.ts';
import type { Identity } from '../core/identity.ts';
import type { CommandContext, Statement } from '../core/statement.ts';
import type { Policy } from '../policy/rules.ts';
import { CommandJudge } from './command-judge.ts';
import { Judge, openBench } from './judge.ts';
import type { Judgement } from './judgement.ts';

interface Asked {
  readonly identity: Identity;
  readonly policies: readonly Policy[];
}

export interface ExplainOptions extends Asked {
  readonly grammar: Grammar;
  readonly clock: Clock;
}

/** Judges texts as a session would, and does nothing else with them. Never rejects. */
export function openExplainer(options: ExplainOptions, catalog: CatalogSource): (text: string) => Promise<Judgement> {
  const judge = new Judge(openBench(options), catalog);
  return async (text) => judge.judge({ ...NOTHING_BUT_TEXT, protocol: 'postgres', text });
}

/** Judges what is asked for over SSH as a session would: nothing need be known of the target. */
export async function explainCommand(asked: Asked, text: string, command: CommandContext): Promise<Judgement> {
  const bytes = Buffer.from(text, 'utf8');
  return new CommandJudge(asked).judge({ ...NOTHING_BUT_TEXT, protocol: 'ssh', bytes, text, command });
}

const NOTHING_BUT_TEXT: Omit<Statement, 'protocol' | 'text'> = {
  phase: 'query',
  bytes: Buffer.alloc(0),
  parameters: null,
  parameterTypes: [],
  prepared: null,
  approval: null,
  preparedTexts: () => [],
};
