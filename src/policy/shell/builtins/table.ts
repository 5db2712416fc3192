import type { Call } from '../call.ts';
import type { Outcome } from '../state.ts';
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
  const computes = call.words.some(
    ({ text }) => text !== null && /[`[]|\$[({]/u.test(text) && text !== '[' && text !== '[[',
  );
  call.scene.findings.run(call, { opaque: computes, changes: false });
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

function printFormatted(call: Call): undefined {
  if (call.words[0]?.text === '-v') return opaque(call);
  return computing(call);
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
  ['wait', computing],
  ['fg', opaque],
  ['bg', opaque],
  ['disown', harmless],
  ['umask', computing],
  ['ulimit', computing],
  ['test', computing],
  ['[', computing],
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
