import type { Effect } from '../core/action.ts';
import type { Statement } from '../core/statement.ts';
import type { Analysis } from '../policy/analysis.ts';
import { askTerms } from '../policy/asks.ts';
import { decide } from '../policy/decide.ts';
import { analyseCommand } from '../policy/shell/analyse.ts';
import type { Bench } from './judge.ts';
import { type Judgement, type Judging, unintelligible } from './judgement.ts';

/** Judges what is asked for over SSH: by the command line, or by what the protocol itself says is done. */
export class CommandJudge implements Judging {
  readonly masks = null;
  readonly asOf = 0;
  readonly changes = 0;
  readonly #bench: Pick<Bench, 'identity' | 'policies'>;

  constructor(bench: Pick<Bench, 'identity' | 'policies'>) {
    this.#bench = bench;
  }

  /** There is nothing to be asked. */
  begin(): void {
    return;
  }

  columnAt(): null {
    return null;
  }

  judge({ text, command }: Statement): Judgement | Promise<Judgement> {
    if (command === undefined) return unintelligible('this is no command', 'Report it as a bug; nothing was sent.');
    const { effects, directory } = command;
    if (effects !== null) return this.#decide(effects, '');
    if (typeof directory !== 'function') return this.#judgeIn(text, directory);
    const anywhere = analyseCommand({ text, directory: null });
    if (anywhere.every(isSettled)) return this.#decide(anywhere, '');
    return directory().then((known) => this.#judgeIn(text, known));
  }

  #judgeIn(text: string, directory: string | null): Judgement {
    return this.#decide(analyseCommand({ text, directory }), directory ?? '');
  }

  #decide(effects: readonly Effect[], ground: string): Judgement {
    const analysis = analysisOf(effects);
    const { identity, policies } = this.#bench;
    const input = { analysis, identity, policies, database: '', temporarySchema: null };
    const decision = decide(input);
    return {
      decision,
      effects,
      changes: [],
      results: [],
      restsOnCode: false,
      restsOnCatalog: false,
      terms: decision.verdict === 'ask' ? askTerms(input) : [],
      masked: [],
      prepared: [],
      ground,
      maskings: [],
      basis: null,
    };
  }
}

/** Wherever the command starts, it does this. */
function isSettled({ object, certain }: Effect): boolean {
  return object !== 'path' || certain;
}

function analysisOf(effects: readonly Effect[]): Analysis {
  const statement = { kind: 'command', effects, functions: [], changes: [], masking: null };
  return { statements: [statement], restsOnCode: false, restsOnCatalog: false };
}
