import type { CatalogSource } from '../core/catalog.ts';
import type { Clock } from '../core/clock.ts';
import type { Grammar } from '../core/grammar.ts';
import type { Identity } from '../core/identity.ts';
import type { Policy } from '../policy/rules.ts';
import { Judge, openBench } from './judge.ts';
import type { Judgement } from './judgement.ts';

export interface ExplainOptions {
  readonly identity: Identity;
  readonly policies: readonly Policy[];
  readonly grammar: Grammar;
  readonly clock: Clock;
}

/** Judges texts as a session would, and does nothing else with them. Never rejects. */
export function openExplainer(options: ExplainOptions, catalog: CatalogSource): (text: string) => Promise<Judgement> {
  const judge = new Judge(openBench(options), catalog);
  return async (text) =>
    judge.judge({
      protocol: 'postgres',
      phase: 'query',
      bytes: Buffer.alloc(0),
      text,
      parameters: null,
      parameterTypes: [],
      prepared: null,
      approval: null,
      preparedTexts: () => [],
    });
}
