import {
  type Assignment,
  forEachChild,
  type ParsedScript,
  type Redirection,
  type SyntaxNode,
  type Word as WrittenWord,
  type WordPart,
} from 'unbash';
import { expand } from './expand.ts';
import { onlyComputes } from './numbers.ts';
import { isQuestion } from './question.ts';
import { type State, withNumbers } from './state.ts';
import { tokenize, type Written } from './tokens.ts';
import { keepsPrograms } from './variables.ts';
import { isNumeric, UNKNOWN_WORD, type Word } from './word.ts';

/** Words without anything that a shell would look at twice. */
const PLAIN = /^[A-Za-z0-9_./+%@-][A-Za-z0-9_./+%@:=-]*$/u;

/** Parameters that a shell may have, by name, number or sign. */
const PARAMETER = /^(?:[A-Za-z_][A-Za-z0-9_]*|\d+|[@*#?$!-])$/u;

/** In these, a single quote is no quote. */
const QUOTING: ReadonlySet<SyntaxNode['type']> = new Set<SyntaxNode['type']>([
  'DoubleQuoted',
  'LocaleString',
  'ArithmeticExpansion',
]);

/** What reading words needs of the judging of their text. */
export interface ReaderContext {
  /** The text, in which nodes say where they stand. */
  readonly source: string;
  readonly home: string | null;
  /** Judges the commands in a substitution. */
  nested(script: ParsedScript, state: State): void;
  /** False when no more may be read. */
  spend(units: number): boolean;
  /** What is read may mean something else, too. */
  contest(): void;
  /** Whether loops start from nothing that a round of theirs may change. */
  readonly isLoose: boolean;
  /** Something there is that is not read. */
  lose(): void;
  /** A loop changed what it started from. */
  loosen(): void;
}

/** Reads the words of one text, and finds the commands in them. */
export class Reader {
  readonly #context: ReaderContext;
  /** What was read of the text, from where to where. */
  readonly spans: (readonly [number, number])[] = [];

  constructor(context: ReaderContext) {
    this.#context = context;
  }

  /** The words that come of one that is written. `isBlank`: as if all that is not known were nothing. */
  words(written: WrittenWord | Assignment, state: State, isBlank = false): readonly Word[] {
    this.spans.push([written.pos, written.end]);
    const { text, pos } = written;
    if (text === '[' || PLAIN.test(text)) {
      return [{ kind: 'literal', text, plain: !text.startsWith('-') }];
    }
    if (!isBlank) this.descend(written, state);
    const parts = written.type === 'Word' ? written.parts : partsOf(written);
    const words = this.#read({ text, pos, parts }, state, isBlank);
    const [word] = words;
    return word !== undefined && keepsPrograms(text) ? [{ ...word, keepsPrograms: true }] : words;
  }

  /** What follows the equals sign of an assignment; null where that is not one word that is known. */
  value(assignment: Assignment, state: State): Word | null {
    this.spans.push([assignment.pos, assignment.end]);
    this.descend(assignment, state);
    const { value, index, append } = assignment;
    if (index !== undefined || value.type === 'ArrayValue') this.#context.contest();
    if (value.type === 'ArrayValue' || append === true || index !== undefined) return null;
    if (value.text === '') return { kind: 'literal', text: '', plain: true };
    const words = this.#read(value, state, false);
    const [word] = words;
    return words.length === 1 && (word?.kind === 'literal' || word?.number === true) ? word : null;
  }

  /** The lines that a command is given as its input: the commands in them run. */
  heredoc(redirection: Redirection, state: State): void {
    this.spans.push([redirection.pos, redirection.end]);
    if (redirection.type !== 'HereDoc') return;
    const { body, delimiter, closing } = redirection;
    this.spans.push([body.pos, closing?.end ?? body.end]);
    const isPlain = delimiter !== undefined && /^[A-Za-z0-9_.-]+$/u.test(delimiter.value);
    const isJoined = delimiter?.quoted !== true && body.text.includes('\\\n');
    if (!isPlain || closing === undefined || isJoined) this.#context.contest();
    this.descend(body, state, true);
  }

  /** Judges all commands that stand anywhere within. `quoted`: whether that is as in double quotes. */
  descend(node: SyntaxNode, state: State, quoted = false): void {
    forEachChild(node, (child) => {
      if (child.type === 'Script') return this.#context.nested(child, state);
      this.#inspect(child, state);
      // Some shells take a single quote there for itself, others for the beginning of a text in which nothing runs.
      if (quoted && child.type === 'ParameterExpansion' && child.text.includes("'")) this.#context.lose();
      this.descend(child, state, quoted || QUOTING.has(child.type));
    });
  }

  /** Whether it asks, and does nothing else; then it has been read. */
  asks({ pos, end }: SyntaxNode): boolean {
    if (!isQuestion(this.#context.source.slice(pos, end))) return false;
    this.spans.push([pos, end]);
    return true;
  }

  /** What the rounds of a loop start from, if what is known to be a number stays one. */
  loosened(state: State): State {
    return this.#context.isLoose ? withNumbers(state) : state;
  }

  loosen(): void {
    this.#context.loosen();
  }

  #read(written: Written, { variables }: State, isBlank: boolean): readonly Word[] {
    const read = tokenize(written, { home: this.#context.home, variables, isBlank });
    const { words, contested, unread } = expand(read.tokens);
    if (unread === true) this.#context.lose();
    if (read.contested || contested) this.#context.contest();
    return this.#context.spend(words.reduce((sum, { text }) => sum + (text?.length ?? 0), 0)) ? words : [UNKNOWN_WORD];
  }

  /** Contests expansions that do more than to stand for a value. */
  #inspect(node: SyntaxNode, state: State): void {
    switch (node.type) {
      case 'CommandExpansion':
      case 'ProcessSubstitution':
        if (node.script === undefined) this.#context.lose();
        else if (node.type === 'ProcessSubstitution') this.#context.contest();
        return;
      case 'ArithmeticExpansion':
        // A variable in it may hold an index, and that a command.
        if (!onlyComputes(node.text, (name) => isNumberIn(state, name))) this.#context.contest();
        return;
      case 'ParameterExpansion': {
        const { operation, prefix, index, parameter } = node;
        const isPlain =
          operation === undefined ||
          (operation.type === 'Default' && !operation.operator.includes('=')) ||
          operation.type === 'Remove';
        if (!isPlain || prefix === '!' || index !== undefined || !PARAMETER.test(parameter)) this.#context.contest();
        return;
      }
      default:
    }
  }
}

function isNumberIn({ variables }: State, name: string): boolean {
  const value = variables.get(name);
  return value !== undefined && isNumeric(value);
}

function partsOf({ value, index }: Assignment): readonly WordPart[] {
  const values = value.type === 'Word' ? [value] : value.elements;
  return [...values, ...(index === undefined ? [] : [index])].flatMap(({ parts }) => parts ?? []);
}
