import { COMMANDS, GLOBAL_OPTIONS } from '../catalogue.ts';
import type { CommandSpec, Completion, OptionSpec } from '../command.ts';

export interface Word {
  readonly word: string;
  readonly description: string;
}

export interface CompletionOption extends Word {
  /** Null for a flag; `word` for a value that nothing can be offered for. */
  readonly value: Completion | 'word' | null;
}

/** Names that are asked for when they are wanted. */
const NAMED = ['target', 'script', 'session', 'request', 'profile'] as const;

/** True for names that are asked for when they are wanted: `hoopctl completion --names`. */
export function isNamed(value: Completion | 'word'): value is (typeof NAMED)[number] {
  return NAMED.some((name) => name === value);
}

/** What can follow the words of one command. */
export interface CompletionNode {
  /** The command's words, without `hoopctl`: `sessions list`; empty at the start. */
  readonly path: string;
  readonly commands: readonly Word[];
  readonly options: readonly CompletionOption[];
  readonly positional: Completion | null;
  /** Whether a command line of its own follows `--`. */
  readonly rest: boolean;
}

const HELP: CompletionOption = { word: '--help', description: 'print help', value: null };

function optionOf(spec: OptionSpec): CompletionOption {
  const word = /--[a-z-]+/.exec(spec.flags)?.[0] ?? spec.flags;
  return { word, description: spec.description, value: spec.flags.includes('<') ? (spec.complete ?? 'word') : null };
}

const globals = GLOBAL_OPTIONS.map(optionOf);

function nodesOf(spec: CommandSpec, parent: string): readonly CompletionNode[] {
  const path = parent === '' ? spec.name : `${parent} ${spec.name}`;
  const node: CompletionNode = {
    path,
    commands: (spec.subcommands ?? []).map((sub) => ({ word: sub.name, description: sub.summary })),
    options: [...(spec.options ?? []).map(optionOf), ...globals, HELP],
    positional: spec.arguments?.[0]?.complete ?? null,
    rest: spec.rest !== undefined,
  };
  return [node, ...(spec.subcommands ?? []).flatMap((sub) => nodesOf(sub, path))];
}

/** Every command with what can follow it, the start first. */
export function completionNodes(): readonly CompletionNode[] {
  const start: CompletionNode = {
    path: '',
    commands: COMMANDS.map((spec) => ({ word: spec.name, description: spec.summary })),
    options: [{ word: '--version', description: 'print the version', value: null }, ...globals, HELP],
    positional: null,
    rest: false,
  };
  return [start, ...COMMANDS.flatMap((spec) => nodesOf(spec, ''))];
}

/** Options that take a value, each once: an option means the same in every command. */
export function valuedOptions(nodes: readonly CompletionNode[]): readonly CompletionOption[] {
  const found = new Map<string, CompletionOption>();
  for (const option of nodes.flatMap((node) => node.options)) {
    if (option.value !== null) found.set(option.word, option);
  }
  return [...found.values()].sort((one, other) => one.word.localeCompare(other.word));
}
