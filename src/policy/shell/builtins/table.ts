import type { Call } from '../call.ts';
import type { Outcome } from '../state.ts';
import type { Word } from '../word.ts';
import { changeDirectory, pushDirectory } from './directory.ts';
import { dot, evaluate, execute, lookUp } from './running.ts';
import { exportNames, mark, readNames, unsetNames } from './variables.ts';

export type Builtin = (call: Call) => Outcome | undefined;

/** Does nothing but print, wait, or end the shell. */
function harmless(call: Call): undefined {
  call.scene.findings.run(call, { opaque: false, changes: false });
}

/** The same for one whose words some shells compute: `test 'a[$(id)]' -eq 1` runs id. */
function computing(call: Call): undefined {
  computes(call, call.words);
}

function computes(call: Call, words: readonly Word[]): undefined {
  const opaque = words.some(({ text }) => text !== null && /[`[]|\$[({]/u.test(text) && text !== '[' && text !== '[[');
  call.scene.findings.run(call, { opaque, changes: false });
}

/** Changes how what follows is understood. */
function opaque(call: Call): undefined {
  call.scene.findings.run(call, { opaque: true, changes: false });
}

/** Options of the shell that only make it stop earlier, or show what it does. */
function setOptions(call: Call): undefined {
  const [first, second] = call.words.map(({ text }) => text);
  const quiet =
    call.words.every(({ text }) => text !== null) &&
    (/^[-+][euxvfC]+$/u.test(first ?? '') && call.words.length === 1
      ? true
      : /^[-+][euxvfC]*o$/u.test(first ?? '') &&
        call.words.length === 2 &&
        /^(?:errexit|nounset|xtrace|verbose|noglob|noclobber|pipefail)$/u.test(second ?? ''));
  call.scene.findings.run(call, { opaque: !quiet, changes: false });
}

/** printf sets a variable by `-v`, in bash also as `-vNAME`, and by `%n`: PATH is one. */
function printFormatted(call: Call): undefined {
  const words = call.words[0]?.text === '--' ? call.words.slice(1) : call.words;
  const [format, ...values] = words;
  if (format === undefined) return harmless(call);
  const isKnown = format.kind === 'literal' ? !counts(format.text ?? '') : values.length === 0;
  const isFormat = format.plain || (format.kind === 'literal' && words !== call.words);
  return isKnown && isFormat ? computes(call, values) : opaque(call);
}

/** Whether there is a `%n` in a format, or what zsh reads as one after its escapes. */
function counts(format: string): boolean {
  return /%[^A-Za-z%]*[n\\]|\\(?:0*45|[xuU]0*25)/u.test(format.replaceAll('%%', '__'));
}

/** test reads the index of a variable that it is to look for, and what is computed there. */
function test(call: Call): undefined {
  const at = call.words.findIndex(({ text }) => text === '-v' || text === '-R');
  const name = call.words[at + 1];
  return at >= 0 && name !== undefined && name.kind !== 'literal' ? opaque(call) : computing(call);
}

/** wait sets a variable by `-p`: PATH is one. */
function wait(call: Call): undefined {
  return call.words.some(({ text }) => text?.startsWith('-') === true && !/^-[nf]+$/u.test(text))
    ? opaque(call)
    : computing(call);
}

const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', harmless],
  ['true', harmless],
  ['false', harmless],
  ['echo', harmless],
  ['pwd', harmless],
  ['times', harmless],
  ['jobs', harmless],
  ['break', computing],
  ['continue', computing],
  ['exit', computing],
  ['return', computing],
  ['shift', opaque],
  ['wait', wait],
  ['fg', opaque],
  ['bg', opaque],
  ['disown', harmless],
  ['umask', computing],
  ['ulimit', computing],
  ['test', test],
  ['[', test],
  ['printf', printFormatted],
  ['print', opaque],
  ['type', harmless],
  ['whence', harmless],
  ['hash', opaque],
  ['set', setOptions],
  ['shopt', opaque],
  ['setopt', opaque],
  ['unsetopt', opaque],
  ['emulate', opaque],
  ['zmodload', opaque],
  ['autoload', opaque],
  ['bind', opaque],
  ['bindkey', opaque],
  ['complete', opaque],
  ['enable', opaque],
  ['disable', opaque],
  ['history', opaque],
  ['fc', opaque],
  ['trap', evaluate],
  ['alias', opaque],
  ['unalias', opaque],
  ['getopts', opaque],
  ['let', opaque],
  ['logout', harmless],
  ['suspend', opaque],
  ['cd', changeDirectory],
  ['chdir', changeDirectory],
  ['pushd', pushDirectory],
  ['popd', pushDirectory],
  ['dirs', harmless],
  ['eval', evaluate],
  ['.', dot],
  ['source', dot],
  ['exec', execute],
  ['command', lookUp],
  ['builtin', lookUp],
  ['export', exportNames],
  ['readonly', mark],
  ['local', mark],
  ['declare', mark],
  ['typeset', mark],
  ['integer', mark],
  ['float', mark],
  ['read', readNames],
  ['mapfile', readNames],
  ['readarray', readNames],
  ['unset', unsetNames],
]);

/** How to judge what a shell does itself; undefined for what is a program. */
export function builtin(name: string): Builtin | undefined {
  return BUILTINS.get(name);
}
