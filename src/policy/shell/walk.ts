import type {
  AndOr,
  Case,
  CommandNode,
  CompoundList,
  For,
  Pipeline,
  PipelineNode,
  Redirection,
  Statement,
  While,
} from 'unbash';
import type { Deed, Scene } from './call.ts';
import { redirect } from './redirect.ts';
import {
  after,
  assigned,
  FORGOTTEN,
  isSame,
  join,
  type Outcome,
  piped,
  shown,
  type State,
  unchanged,
} from './state.ts';
import { simple } from './simple.ts';
import type { Reader } from './reader.ts';
import { isOwn } from './variables.ts';

/** Rounds of loops, all in all, that are looked at one by one. */
const MOST_ROUNDS = 64;

/** Walks the commands of one text. What it does not know is contested: something unknown may run. */
export class Walker {
  readonly #scene: Scene;
  readonly #via: readonly string[];
  readonly #reader: Reader;
  #rounds = 1;

  constructor(scene: Scene, reader: Reader, via: readonly string[]) {
    this.#scene = scene;
    this.#reader = reader;
    this.#via = via;
  }

  list(statements: readonly Statement[], state: State): Outcome {
    let outcome = unchanged(state);
    for (const statement of statements) {
      if (!this.#scene.spend(1)) return unchanged(FORGOTTEN);
      const before = after(outcome);
      outcome = this.#command(statement.command, before);
      // What runs in the background is a shell of its own.
      if (statement.background === true) outcome = unchanged(before);
    }
    return outcome;
  }

  #command(node: PipelineNode | AndOr, state: State): Outcome {
    switch (node.type) {
      case 'AndOr':
        return this.#andOr(node, state);
      case 'Pipeline':
        return this.#pipeline(node, state);
      default:
        return this.#single(node, state);
    }
  }

  #andOr({ commands, operators }: AndOr, state: State): Outcome {
    let outcome = unchanged(state);
    for (const [index, command] of commands.entries()) {
      if (index === 0) outcome = this.#command(command, state);
      else if (operators[index - 1] === '&&') {
        const next = this.#command(command, outcome.succeeded);
        outcome = { succeeded: next.succeeded, failed: join(outcome.failed, next.failed) };
      } else {
        const next = this.#command(command, outcome.failed);
        outcome = { succeeded: join(outcome.succeeded, next.succeeded), failed: next.failed };
      }
    }
    return outcome;
  }

  #pipeline({ commands, operators, prefixes }: Pipeline, state: State): Outcome {
    if (operators.includes('|&')) this.#contest();
    const isNegated = prefixes.filter(({ type }) => type === 'Negation').length % 2 === 1;
    if (prefixes.some(({ type }) => type === 'Time') && commands.length === 0) this.#contest();
    let last = unchanged(state);
    for (const [index, command] of commands.entries()) {
      last = this.#single(command, index < commands.length - 1 ? piped(state) : state);
    }
    // Some shells run the last command of a pipeline themselves, others run none of it.
    const outcome = commands.length === 1 ? last : unchanged(join(state, after(last)));
    return isNegated ? { succeeded: outcome.failed, failed: outcome.succeeded } : outcome;
  }

  #single(node: CommandNode, state: State): Outcome {
    switch (node.type) {
      case 'Command':
        return simple(node, state, this.#reader, this.#scene, this.#via);
      case 'Redirected': {
        this.#redirect(node.redirects, state);
        return this.#single(node.command, shown(state));
      }
      case 'Subshell':
        this.list(node.body.commands, state);
        return unchanged(state);
      case 'BraceGroup':
        return this.list(node.body.commands, state);
      case 'If': {
        let condition = this.list(node.clause.commands, state);
        let done = after(this.list(node.then.commands, condition.succeeded));
        for (const { clause, then } of node.elif) {
          condition = this.list(clause.commands, condition.failed);
          done = join(done, after(this.list(then.commands, condition.succeeded)));
        }
        const rest =
          node.else === undefined ? condition.failed : after(this.list(node.else.commands, condition.failed));
        return unchanged(join(done, rest));
      }
      case 'While':
        return this.#while(node, state);
      case 'For':
        return this.#for(node, state);
      case 'Case':
        return this.#case(node, state);
      case 'Function':
        // It may run later, anywhere, under the name of something else.
        this.#contest();
        this.#reader.spans.push([node.name.pos, node.name.end]);
        if (node.body.type === 'CompoundList') this.list(node.body.commands, FORGOTTEN);
        else this.#single(node.body, FORGOTTEN);
        return unchanged(state);
      case 'Coproc':
        this.#contest();
        if (node.body.type === 'CompoundList') this.list(node.body.commands, state);
        else this.#single(node.body, state);
        return unchanged(state);
      case 'Select':
      case 'ArithmeticFor':
        this.#contest();
        this.#reader.descend(node, FORGOTTEN);
        return this.#loop(node.body, FORGOTTEN);
      case 'TestCommand':
      case 'ArithmeticCommand':
        if (this.#reader.asks(node)) return unchanged(state);
        this.#contest();
        this.#reader.descend(node, state);
        return unchanged({ ...state, variables: new Map() });
      default:
        node satisfies never;
        this.#scene.findings.unread(this.#via);
        return unchanged(FORGOTTEN);
    }
  }

  #while({ clause, body }: While, state: State): Outcome {
    let failed = state;
    const end = this.#repeat(state, (start) => {
      const condition = this.list(clause.commands, start);
      ({ failed } = condition);
      return this.list(body.commands, condition.succeeded);
    });
    return unchanged(join(failed, end));
  }

  #for({ name, wordlist, body }: For, state: State): Outcome {
    this.#reader.spans.push([name.pos, name.end]);
    if (!isOwn(name.text)) this.#contest();
    const words = (wordlist ?? []).flatMap((word) => this.#reader.words(word, state));
    if (wordlist === undefined) return this.#loop(body, assigned(state, name.text, null));
    const rounds = this.#rounds * Math.max(words.length, 1);
    if (rounds > MOST_ROUNDS || words.some(({ kind }) => kind === 'unknown')) {
      return this.#loop(body, assigned(state, name.text, null));
    }
    const outer = this.#rounds;
    this.#rounds = rounds;
    let end = state;
    for (const word of words) {
      const start = assigned(end, name.text, word);
      end = join(
        state,
        this.#scene.departures.within(() => this.list(body.commands, start)),
      );
    }
    this.#rounds = outer;
    return unchanged(end);
  }

  #loop(body: CompoundList, state: State): Outcome {
    let before = state;
    const end = this.#repeat(state, (start) => {
      before = start;
      return this.list(body.commands, start);
    });
    return unchanged(join(before, end));
  }

  /** What a round of a loop may leave, whichever round it is. */
  #repeat(state: State, round: (start: State) => Outcome): State {
    let start = this.#reader.loosened(state);
    let end = this.#scene.departures.within(() => round(start));
    // What a round makes anything else of was not a number for all of them.
    if (start !== state && !isSame(join(start, end), start)) {
      start = { ...start, variables: new Map() };
      end = this.#scene.departures.within(() => round(start));
    }
    if (!isSame(end, start)) this.#reader.loosen();
    return end;
  }

  #case({ word, items }: Case, state: State): Outcome {
    this.#reader.words(word, state);
    let end = state;
    for (const { pattern, body, terminator } of items) {
      for (const one of pattern) this.#reader.words(one, state);
      if (terminator !== undefined && terminator !== ';;') this.#contest();
      end = join(end, after(this.list(body.commands, end)));
    }
    return unchanged(end);
  }

  #redirect(redirections: readonly Redirection[], state: State): void {
    const deed: Deed = { program: null, words: [], via: this.#via, state, scene: this.#scene, redirected: true };
    for (const one of redirections) {
      this.#reader.heredoc(one, state);
      redirect(one, deed, { words: (written) => this.#reader.words(written, state), contest: () => this.#contest() });
    }
  }

  #contest(): void {
    this.#scene.findings.unknown(this.#via);
  }
}
