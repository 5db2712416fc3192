import type { Effect } from '../core/action.ts';
import { framedCommand, framedMove } from '../core/command-frame.ts';
import { directoryOf, NOWHERE, type Statement } from '../core/statement.ts';
import type { Analysis } from '../policy/analysis.ts';
import { askTerms } from '../policy/asks.ts';
import { decide } from '../policy/decide.ts';
import { analyseCommand, type CommandLine } from '../policy/shell/analyse.ts';
import { hangsOnShell } from '../policy/shell/dialect.ts';
import { readLine } from '../policy/shell/line.ts';
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

  judge(statement: Statement): Judgement | Promise<Judgement> {
    const { text, command } = statement;
    if (command === undefined) return unintelligible('this is no command', 'Report it as a bug; nothing was sent.');
    if (!isFaithful(statement, command.effects === null)) {
      return unintelligible('this is not a command line as it would be sent', 'Report it as a bug; nothing was sent.');
    }
    const { effects, start, pagers } = command;
    if (effects !== null) return this.#decide(effects, '');
    if (typeof start !== 'function') return this.#judgeFrom({ text, pagers, ...start });
    const anywhere = analyseCommand({ text, pagers, ...NOWHERE });
    if (anywhere.every(isSettled) && !hangsOnShell(text)) return this.#decide(anywhere, '');
    return start().then((known) => this.#judgeFrom({ text, pagers, ...known }));
  }

  #judgeFrom(line: CommandLine): Judgement {
    const { directory, home, shell } = line;
    return this.#decide(analyseCommand(line), [directory, home, shell].map((one) => one ?? '').join('\n'));
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

/**
 * What is judged is what is sent: a command line as it is, or, where it is complete by itself, within a fixed frame that
 * has it run in the directory by which it is judged.
 */
function isFaithful(statement: Statement, isLine: boolean): boolean {
  const { text, bytes } = statement;
  if (!isLine || bytes.equals(Buffer.from(text, 'utf8'))) return true;
  const directory = directoryOf(statement);
  if (directory === null || readLine(text).kind !== 'whole') return false;
  return [framedCommand, framedMove].some((frame) => bytes.equals(Buffer.from(frame(text, directory), 'utf8')));
}

function analysisOf(effects: readonly Effect[]): Analysis {
  const statement = { kind: 'command', effects, functions: [], changes: [], masking: null };
  return { statements: [statement], restsOnCode: false, restsOnCatalog: false };
}
