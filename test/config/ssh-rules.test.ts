import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import type { CommandRule, Policy } from '../../src/policy/rules.ts';
import { inPolicy, minimalSsh, problems } from './examples.ts';

/** Stands in line 12, and the rule itself from column 31 on. */
const denying = (rule: string): string => inPolicy(`{ default: allow, deny: [${rule}] }`);

function policyOf(flow: string): Policy | undefined {
  return parseConfig(minimalSsh({ policy: flow }), 'f').policies.get('p');
}

function commandOf(rule: string): CommandRule | undefined {
  return policyOf(`{ default: allow, deny: [${rule}] }`)?.deny[0]?.command;
}

describe('a rule for SSH', () => {
  it('takes one or several of everything, and leaves the keys of SQL empty', () => {
    const command = commandOf(
      '{ program: [rm, /usr/sbin/*], args: -rf, path: [/, /srv/**], operation: remove, channel: [exec, sftp] }',
    );
    expect(command).toMatchObject({
      program: [{ source: 'rm' }, { source: '/usr/sbin/*' }],
      args: [{ source: '-rf' }],
      path: [{ source: '/' }, { source: '/srv/**' }],
      operation: ['remove'],
      channel: ['exec', 'sftp'],
      opaque: false,
    });
    expect(command?.program?.[0]?.matches('/bin/rm')).toBe(true);
    expect(command?.path?.[1]?.matches('/srv/a/b')).toBe(true);
    expect(policyOf('{ default: allow, deny: [{ program: rm }] }')?.deny[0]).toMatchObject({
      action: null,
      object: null,
      relation: null,
      column: null,
      function: null,
      where: null,
    });
  });

  it('may be about what cannot be known alone', () => {
    expect(commandOf('{ opaque: true }')).toEqual({
      program: null,
      args: null,
      path: null,
      operation: null,
      channel: null,
      opaque: true,
    });
  });

  it('is none of SSH where it has no key of it', () => {
    expect(policyOf('{ default: allow, deny: [{ action: drop }] }')?.deny[0]).not.toHaveProperty('command');
  });

  it('can ask, with all that goes with asking', () => {
    const policy = policyOf('{ default: allow, ask: [{ channel: shell, within: 5m, step_up: true }] }');
    expect(policy?.ask[0]).toMatchObject({ command: { channel: ['shell'] }, within: 300_000, stepUp: true });
  });
});

describe('a rule for SSH is told', () => {
  it.each([
    ['an empty program', '{ program: "" }', '12:41 policies.p.deny[0].program is empty'],
    [
      'no program behind the key',
      '{ program: }',
      'policies.p.deny[0].program is empty: expected a program such as "rm"',
    ],
    ['an empty list of programs', '{ program: [] }', '12:41 policies.p.deny[0].program is an empty list'],
    ['a blank program in a list', '{ program: [rm, " "] }', '12:46 policies.p.deny[0].program[1] is empty'],
    [
      'a relative program',
      '{ program: bin/rm }',
      '12:41 policies.p.deny[0].program is a relative path: write "rm", which is that program wherever it lies, or an absolute path',
    ],
    [
      'a program with its words',
      '{ program: "rm -rf" }',
      'holds white space: a program is one word, "args" takes the rest',
    ],
    [
      'a number of a program',
      '{ program: 7 }',
      'policies.p.deny[0].program: expected a program such as "rm", or an absolute path, found a number',
    ],
    ['empty words', '{ args: "" }', '12:38 policies.p.deny[0].args is empty'],
    ['no words', '{ args: [] }', '12:38 policies.p.deny[0].args is an empty list'],
    [
      'an expression that cannot be used',
      '{ args: "/(/" }',
      'policies.p.deny[0].args: the pattern holds an expression that cannot be used',
    ],
    ['an empty path', '{ path: "" }', '12:38 policies.p.deny[0].path is empty'],
    ['no paths', '{ path: [] }', '12:38 policies.p.deny[0].path is an empty list'],
    [
      'a relative path',
      '{ path: srv/app }',
      '12:38 policies.p.deny[0].path is not absolute: write "/srv/app", or where it lies',
    ],
    ['a path from here', '{ path: ./app }', 'policies.p.deny[0].path is not absolute: write "/app", or where it lies'],
    [
      'a path in a home directory',
      '{ path: ~/app }',
      'policies.p.deny[0].path begins with "~": write the home directory out',
    ],
    ['a path with ..', '{ path: /srv/../etc }', 'policies.p.deny[0].path is not in normal form: write "/etc"'],
    ['a path with .', '{ path: [/srv/./app] }', 'policies.p.deny[0].path[0] is not in normal form: write "/srv/app"'],
    ['a path with //', '{ path: //etc//passwd }', 'policies.p.deny[0].path is not in normal form: write "/etc/passwd"'],
    [
      'a path that ends in /',
      '{ path: /srv/ }',
      'policies.p.deny[0].path ends in "/": write "/srv/**" for a directory',
    ],
    ['** within a name', '{ path: /srv/a** }', 'policies.p.deny[0].path: the pattern has "**" within a name'],
    ['an unknown operation', '{ operation: delete }', '12:43 policies.p.deny[0].operation: unknown operation "delete"'],
    [
      'a misspelt operation',
      '{ operation: [raed] }',
      'policies.p.deny[0].operation[0]: unknown operation "raed": did you mean "read"?',
    ],
    ['no operations', '{ operation: [] }', '12:43 policies.p.deny[0].operation is an empty list'],
    [
      'an empty operation',
      '{ operation: "" }',
      '12:43 policies.p.deny[0].operation is empty: expected "read" or "list"',
    ],
    [
      'a misspelt channel',
      '{ channel: [sftp, forwrad] }',
      '12:48 policies.p.deny[0].channel[1]: unknown channel "forwrad": did you mean "forward"?',
    ],
    ['a channel in capitals', '{ channel: SFTP }', 'unknown channel "SFTP": did you mean "sftp"?'],
    ['no channels', '{ channel: [] }', '12:41 policies.p.deny[0].channel is an empty list'],
    [
      'what is known alone',
      '{ opaque: false }',
      '12:40 policies.p.deny[0].opaque: no rule is for what can be known alone: write true, or leave the key out',
    ],
    ['a verdict for the opaque', '{ opaque: ask }', '12:40 policies.p.deny[0].opaque: expected true, found text'],
    ['nothing for the opaque', '{ opaque: }', 'policies.p.deny[0].opaque is empty: expected true'],
    ['a misspelt key', '{ progam: rm }', '12:32 unknown key "progam" in policies.p.deny[0]: did you mean "program"?'],
    ['a key of rules for HTTP', '{ method: GET }', '"method" in policies.p.deny[0] is a key of rules for HTTP'],
    [
      'keys of SQL as well',
      '{ program: rm, action: drop }',
      '12:45 policies.p.deny[0] is about databases ("action") and about SSH ("program"): write two rules',
    ],
    [
      'keys of SQL as well, the other way round',
      '{ where: absent, opaque: true }',
      '12:47 policies.p.deny[0] is about databases ("where") and about SSH ("opaque"): write two rules',
    ],
  ])('%s', (_what, rule, expected) => {
    expect(problems(denying(rule)).join('\n')).toContain(expected);
  });

  it('of several things at once', () => {
    expect(problems(denying('{ program: "", action: drpo, channel: [] }'))).toHaveLength(4);
  });
});

describe('a scope of directories', () => {
  it('is a list of absolute paths, beside schemas or alone', () => {
    expect(policyOf('{ default: allow, scope: { directories: [/srv/app, /] } }')?.scope).toEqual({
      schemas: null,
      directories: ['/srv/app', '/'],
      namespaces: null,
      paths: null,
    });
    expect(policyOf('{ default: allow, scope: { schemas: [app], directories: [/srv] } }')?.scope).toMatchObject({
      schemas: [{ source: 'app' }],
      directories: ['/srv'],
    });
  });

  it.each([
    ['{ directories: [] }', '12:45 policies.p.scope.directories is an empty list'],
    ['{ directories: }', 'policies.p.scope.directories is empty'],
    ['{ directories: [" "] }', 'policies.p.scope.directories[0] is empty'],
    ['{ directories: /srv }', 'policies.p.scope.directories: expected a list in brackets, found text'],
    ['{ directories: [srv] }', '12:46 policies.p.scope.directories[0] is not absolute: write "/srv", or where it lies'],
    ['{ directories: [~] }', 'policies.p.scope.directories[0] is empty'],
    ['{ directories: [~/app] }', 'policies.p.scope.directories[0] begins with "~": write the home directory out'],
    ['{ directories: [/srv/] }', 'policies.p.scope.directories[0] is not in normal form: write "/srv"'],
    ['{ directories: [/srv/../etc] }', 'policies.p.scope.directories[0] is not in normal form: write "/etc"'],
    [
      '{ directories: [/srv/**] }',
      'policies.p.scope.directories[0] holds a pattern: a directory counts with all that is in it',
    ],
    ['{ directory: [/srv] }', 'unknown key "directory" in policies.p.scope: did you mean "directories"?'],
  ])('%s is refused', (scope, expected) => {
    expect(problems(inPolicy(`{ default: allow, scope: ${scope} }`)).join('\n')).toContain(expected);
  });
});

describe('what becomes of the opaque, and of shells', () => {
  it('is to ask, and the target’s own shell, where nothing is said', () => {
    expect(policyOf('default: allow')).toMatchObject({ opaque: 'ask', shell: 'native' });
    expect(policyOf('{ default: allow, opaque: deny, shell: guarded }')).toMatchObject({
      opaque: 'deny',
      shell: 'guarded',
    });
  });

  it.each([
    ['opaque: true', '12:31 policies.p.opaque: expected "allow" or "deny" or "ask", found true or false'],
    ['opaque: aks', '12:31 policies.p.opaque: unknown word "aks": did you mean "ask"?'],
    ['opaque: ""', '12:31 policies.p.opaque is empty'],
    ['shell: on', '12:30 policies.p.shell: unknown word "on"'],
    ['shell: gaurded', '12:30 policies.p.shell: unknown word "gaurded": did you mean "guarded"?'],
  ])('%s is refused', (line, expected) => {
    expect(problems(inPolicy(`{ default: allow, ${line} }`)).join('\n')).toContain(expected);
  });
});

describe('rules for SSH that can never decide anything', () => {
  it('are told with the rule that decides before them', () => {
    expect(problems(denying('{ program: rm }, { program: rm, args: -r }'))).toEqual([
      '12:47 policies.p.deny[1] can never decide anything: deny[0] already decides everything it would match',
    ]);
  });

  it('are told what does not go together', () => {
    expect(problems(denying('{ channel: x11, path: /etc }'))).toEqual([
      '12:30 policies.p.deny[0] can never decide anything: nothing is done to a path on such a "channel": leave one of them out',
    ]);
  });
});
