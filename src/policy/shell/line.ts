import { type Command, forEachChild, parse, type ParsedScript, type SyntaxNode, type Word } from 'unbash';
import { framedCommand, framePrelude } from '../../core/command-frame.ts';
import type { LineReading, LoneCommand } from '../../core/line-reader.ts';
import type { Policy } from '../rules.ts';
import { hasControl } from './characters.ts';

/** UTF-16 units of one line. */
const LONGEST = 32 * 1024;
/** How the parser speaks of what another line could still close. */
const OPEN = /^(?:unterminated|expected)/u;
/** A backslash at the very end, that no other backslash takes for itself. */
const CONTINUED = /(?<!\\)(?:\\\\)*\\$/u;

/**
 * What a line is by itself: only one that is complete may be put into a frame. It is parsed within one, too, and has to
 * be all that stands there between the braces. Pure and total.
 */
export function readLine(text: string): LineReading {
  if (text.length > LONGEST) return { kind: 'unreadable', reason: 'it is too long' };
  if (hasControl(text)) return { kind: 'unreadable', reason: 'it has control characters, or bytes that are no UTF-8' };
  const script = parse(text);
  const errors = script.errors ?? [];
  const wrong = errors.find(({ message }) => !OPEN.test(message));
  if (wrong !== undefined) return { kind: 'unreadable', reason: wrong.message };
  if (errors.length > 0 || CONTINUED.test(text) || hasOpenHeredoc(script)) return { kind: 'unfinished' };
  if (script.commands.length === 0) return isBlank(text) ? { kind: 'empty' } : UNREADABLE;
  if (!staysInFrame(text, script)) return UNREADABLE;
  const background = script.commands.some((statement) => statement.background === true);
  return { kind: 'whole', alone: aloneIn(script), assigns: assignsOnly(script), background };
}

const UNREADABLE: LineReading = { kind: 'unreadable', reason: 'a shell may take it for something else' };

/** Whether a line has nothing that runs. */
function isBlank(text: string): boolean {
  return text.split('\n').every((line) => /^\s*(?:#.*)?$/u.test(line));
}

/** Whatever line it may be: the same commands, between the same braces, and nothing behind them. */
function staysInFrame(text: string, { commands }: ParsedScript): boolean {
  const frame = framedCommand(text, '/');
  const framed = parse(frame);
  const statement = framed.commands.at(-1);
  if ((framed.errors?.length ?? 0) > 0 || framed.commands.length !== PRELUDE.steps + 1) return false;
  if (statement === undefined || statement.background === true) return false;
  const { command: group } = statement;
  if (group.type !== 'BraceGroup' || group.pos !== PRELUDE.length || group.end !== frame.length) return false;
  const offset = group.pos + 2;
  const { commands: inner } = group.body;
  return (
    inner.length === commands.length &&
    inner.every(({ pos, end, command }, index) => {
      const own = commands[index];
      return (
        own !== undefined && pos === own.pos + offset && end === own.end + offset && command.type === own.command.type
      );
    })
  );
}

/** What stands before the braces, and in how many commands. */
const PRELUDE = { length: framePrelude('/').length, steps: parse(framePrelude('/')).commands.length };

function hasOpenHeredoc(node: SyntaxNode): boolean {
  if (node.type === 'HereDoc' && node.closing === undefined) return true;
  let isOpen = false;
  forEachChild(node, (child) => {
    isOpen ||= hasOpenHeredoc(child);
  });
  return isOpen;
}

function aloneIn({ commands }: ParsedScript): LoneCommand | null {
  const [statement] = commands;
  if (commands.length !== 1 || statement === undefined || statement.background === true) return null;
  const { command } = statement;
  if (command.type !== 'Command' || command.prefix.length > 0 || command.redirects.length > 0) return null;
  const program = command.name === undefined ? null : literalOf(command.name);
  if (program === null || command.suffix.some(isRedirection)) return null;
  return { program, words: command.suffix.map((word) => (word.type === 'Word' ? literalOf(word) : null)) };
}

function isRedirection({ type }: Command['suffix'][number]): boolean {
  return type === 'Redirect' || type === 'HereDoc' || type === 'HereString';
}

function assignsOnly({ commands }: ParsedScript): boolean {
  return commands.every(
    ({ command }) => command.type === 'Command' && command.name === undefined && command.prefix.length > 0,
  );
}

/** Null where a shell would look at it twice. */
function literalOf({ text }: Word): string | null {
  if (/^[A-Za-z0-9_./+%@:=,-]+$/u.test(text)) return text;
  const quoted = /^'([^']*)'$/u.exec(text);
  return quoted?.[1] ?? null;
}

/** Programs by the names that policies have for them, where they may run. */
export function programsNamed(policies: readonly Policy[]): readonly string[] {
  const rules = policies.flatMap(({ allow, ask }) => [...allow, ...ask]);
  const sources = rules.flatMap(({ command }) => command?.program?.map(({ source }) => source) ?? []);
  const denied = new Set(policies.flatMap(({ deny }) => deny.filter(isWhole).flatMap(sourcesOf)));
  return [...new Set(sources)].filter((name) => /^[\w./+-]+$/u.test(name) && !denied.has(name)).sort();
}

function isWhole({ command }: Policy['deny'][number]): boolean {
  return command !== undefined && command.args === null && command.path === null;
}

function sourcesOf({ command }: Policy['deny'][number]): readonly string[] {
  return command?.program?.map(({ source }) => source) ?? [];
}
