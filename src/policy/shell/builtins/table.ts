import type { Call } from '../call.ts';
import type { Outcome } from '../state.ts';
import { computing, exiting, leaving, limiting, printFormatted, testing, waiting } from './computing.ts';
import { changeDirectory, pushDirectory } from './directory.ts';
import { dot, evaluate, execute, lookUp, trap } from './running.ts';
import { exportNames, mark, readNames, unsetNames } from './variables.ts';

export type Builtin = (call: Call) => Outcome | undefined;

/** Does nothing but print, wait, or end the shell. */
function harmless(call: Call): undefined {
  call.scene.findings.run(call, { opaque: false, changes: false });
}

/** Changes how what follows is understood. */
function opaque(call: Call): undefined {
  const { findings } = call.scene;
  findings.run(call, { opaque: true, changes: false });
  // No rule that names it speaks of what follows.
  findings.unknown([...call.via, call.program]);
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
  if (!quiet) return opaque(call);
  call.scene.findings.run(call, { opaque: false, changes: false });
}

/** dirs: with a word, some shells write or read a file. */
function listDirectories(call: Call): undefined {
  call.scene.findings.run(call, { opaque: call.words.length > 0, changes: false });
}

const BUILTINS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', harmless],
  ['true', harmless],
  ['false', harmless],
  ['echo', harmless],
  ['pwd', harmless],
  ['times', harmless],
  ['jobs', harmless],
  ['break', leaving],
  ['continue', leaving],
  ['exit', exiting],
  ['return', leaving],
  ['shift', opaque],
  ['wait', waiting],
  ['fg', opaque],
  ['bg', opaque],
  ['disown', harmless],
  ['umask', computing],
  ['ulimit', limiting],
  ['test', testing],
  ['[', testing],
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
  ['trap', trap],
  ['alias', opaque],
  ['unalias', opaque],
  ['getopts', opaque],
  ['let', opaque],
  ['logout', leaving],
  ['suspend', opaque],
  ['cd', changeDirectory],
  ['chdir', changeDirectory],
  ['pushd', pushDirectory],
  ['popd', pushDirectory],
  ['dirs', listDirectories],
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
