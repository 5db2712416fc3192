import type { Operation } from '../../../src/core/action.ts';
import type { Verdict } from '../../../src/core/decision.ts';
import { decide } from '../../../src/policy/decide.ts';
import type { Compiled } from '../../../src/policy/pattern.ts';
import type { CommandRule, Policy, Rule } from '../../../src/policy/rules.ts';
import { analyseCommand } from '../../../src/policy/shell/analyse.ts';
import { compileArgument, compilePath, compileProgram } from '../../../src/policy/shell/pattern.ts';
import { UNGUARDED } from '../../../src/policy/unguarded.ts';
import { person } from '../examples.ts';

export function compiled<T>(result: Compiled<T>): T {
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

interface Written {
  readonly program?: readonly string[];
  readonly args?: readonly string[];
  readonly path?: readonly string[];
  readonly operation?: readonly Operation[];
  readonly opaque?: true;
  readonly channel?: CommandRule['channel'];
}

/** A rule as somebody would write it. */
export function rule({ program, args, path, operation, opaque, channel }: Written): Rule {
  return {
    action: null,
    object: null,
    relation: null,
    column: null,
    function: null,
    where: null,
    message: null,
    command: {
      program: program?.map((one) => compiled(compileProgram(one))) ?? null,
      args: args?.map((one) => compiled(compileArgument(one))) ?? null,
      path: path?.map((one) => compiled(compilePath(one))) ?? null,
      operation: operation ?? null,
      opaque: opaque === true,
      channel: channel ?? null,
    },
  };
}

/** What an operator is let do: everything but what is denied, and what cannot be known is asked for. */
export const SENSIBLE: Policy = {
  ...UNGUARDED,
  name: 'operators',
  opaque: 'ask',
  allow: [],
  deny: [
    rule({ program: ['rm'], args: ['-rf'], path: ['/srv/**', '/etc/**'] }),
    rule({ program: ['shutdown', 'reboot', 'halt', 'poweroff'] }),
    rule({ program: ['systemctl'], args: ['stop'] }),
    rule({ path: ['/etc/shadow', '/root/.ssh/**', '/home/*/.ssh/**'], operation: ['read'] }),
    rule({ program: ['sh', 'bash', 'zsh', 'dash', 'ksh'], opaque: true }),
    rule({ program: ['mkfs*'] }),
  ],
};

/** What a policy says of a command line. */
export function verdictOn(text: string, policy: Policy = SENSIBLE, directory: string | null = '/home/op'): Verdict {
  return decide({
    analysis: {
      statements: [
        {
          kind: 'command',
          effects: analyseCommand({ text, directory, home: directory, shell: 'plain' }),
          functions: [],
          changes: [],
          masking: null,
        },
      ],
      restsOnCode: false,
      restsOnCatalog: false,
    },
    identity: person,
    policies: [policy],
    database: '',
    temporarySchema: null,
  }).verdict;
}
