import type { ParsedScript } from 'unbash';
import type { Effect } from '../../core/action.ts';
import type { Pagers, Whereabouts } from '../../core/statement.ts';
import type { Scene } from './call.ts';
import { hasControl, isLocal } from './characters.ts';
import { isCovered } from './coverage.ts';
import { Departures } from './departures.ts';
import { isAlike } from './dialect.ts';
import { Findings } from './findings.ts';
import { invoke } from './invoke.ts';
import { parseText } from './legible.ts';
import { Reader } from './reader.ts';
import { FORGOTTEN, type Outcome, shown, type State, unchanged } from './state.ts';
import { Walker } from './walk.ts';
import { literal, type Word } from './word.ts';

export interface CommandLine extends Whereabouts {
  readonly text: string;
  /** See `CommandContext`. */
  readonly pagers?: Pagers | undefined;
}

/** Programs that run programs that run programs … */
const DEEPEST = 24;
/** Characters that are read, all in all: rounds of loops and texts within texts are read again and again. */
const MOST_READ = 256 * 1024;
/** What a word costs that a program is run with, in characters. */
const WORD = 4;
/** Substitutions within substitutions, each of which is read anew. */
const MOST_NESTED = 24;

/** Signs that zsh takes for a range of numbers in names, and others for two redirections. */
const NUMBER_RANGE = /<\d*-\d*>/u;

/**
 * What a command line does, as far as that can be known before it runs: an effect for every program that it
 * runs, and one for everything that is known to be done to a path. What is not understood for sure, in every
 * shell that may read it, is opaque besides whatever it most likely means; what is too long, too deep or no text of
 * a shell is unread. Pure and total; takes time in the length of the text.
 */
export function analyseCommand(line: CommandLine): readonly Effect[] {
  if (line.text.trim() === '') return [];
  const first = new Analysis(line, false);
  first.judge(line.text);
  if (!first.wasLoosened) return first.findings.effects;
  // A loop changes what its next round starts from: nothing of that is known, then.
  const second = new Analysis(line, true);
  second.judge(line.text);
  return second.findings.effects;
}

class Analysis {
  readonly findings = new Findings();
  readonly #departures = new Departures();
  readonly #start: CommandLine;
  readonly #isLoose: boolean;
  wasLoosened = false;
  #read = 0;
  #nested = 0;

  constructor(start: CommandLine, isLoose: boolean) {
    this.#start = start;
    this.#isLoose = isLoose;
  }

  judge(text: string): void {
    const variables = new Map(EMPTY_PARAMETERS);
    const { shell } = this.#start;
    try {
      this.#text(text, { directories: [this.#start.directory], variables, shell }, []);
    } catch {
      // What is within each other is read by recursion, and the stack has an end.
      this.findings.unread();
    }
  }

  #text(text: string, state: State, via: readonly string[]): Outcome {
    // csh begins a new command at a line break in quotes, fish escapes within them: a line may be another one there.
    if ((state.shell === null || state.shell === 'fish') && !isAlike(text)) this.findings.unknown(via);
    const script = via.length > DEEPEST || !this.#spend(text.length) ? null : parseText(text);
    if (script === null) {
      this.findings.unread(via);
      return unchanged(FORGOTTEN);
    }
    if (hasControl(text) || isLocal(text) || NUMBER_RANGE.test(text)) this.findings.unknown(via);
    return this.#script(script, text, state, via);
  }

  #script(script: ParsedScript, outer: string, state: State, via: readonly string[]): Outcome {
    // Within escaped backticks there is a text of its own.
    const source = script.source ?? outer;
    if ((script.errors?.length ?? 0) > 0) this.findings.unread(via);
    const reader = new Reader({
      source,
      home: this.#start.home,
      isLoose: this.#isLoose,
      nested: (nested, current) => this.#substitution(nested, source, current, via),
      spend: (units) => this.#spend(units),
      contest: () => this.findings.unknown(via),
      lose: () => this.findings.unread(via),
      loosen: () => {
        this.wasLoosened = true;
      },
    });
    const outcome = new Walker(this.#scene(), reader, via).list(script.commands, state);
    const start = script.source === undefined ? script.pos : 0;
    const end = script.source === undefined ? script.end : source.length;
    if (!isCovered(source, start, end, reader.spans)) this.findings.unread(via);
    return outcome;
  }

  #substitution(script: ParsedScript, source: string, state: State, via: readonly string[]): void {
    this.#nested++;
    if (this.#nested > MOST_NESTED) this.findings.unread(via);
    else this.#script(script, source, shown(state), via);
    this.#nested--;
  }

  #spend(units: number): boolean {
    this.#read += units;
    if (this.#read <= MOST_READ && !this.findings.isFull) return true;
    this.findings.unread();
    return false;
  }

  #scene(): Scene {
    const scene: Scene = {
      findings: this.findings,
      departures: this.#departures,
      pagers: this.#start.pagers,
      spend: (units) => this.#spend(units),
      invoke: (words, state, via) => {
        if (via.length === 0) return invoke(words, state, via, scene);
        if (via.length <= DEEPEST && this.#spend(words.length * WORD)) return invoke(words, state, via, scene);
        this.findings.unread(via.slice(0, 1));
        return unchanged(FORGOTTEN);
      },
      script: (text, state, via) => this.#text(text, state, via),
    };
    return scene;
  }
}

/** A command line that a login shell is given has no words of its own. */
const EMPTY_PARAMETERS: readonly (readonly [string, Word])[] = ['@', '*', ...'123456789'.split('')].map(
  (name) => [name, literal('')] as const,
);
