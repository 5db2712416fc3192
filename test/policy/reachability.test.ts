import { describe, expect, it } from 'vitest';
import { unreachableRules } from '../../src/policy/reachability.ts';
import type { Compiled } from '../../src/policy/pattern.ts';
import type { CommandRule, Policy, Rule } from '../../src/policy/rules.ts';
import { compileArgument, compilePath, compileProgram } from '../../src/policy/shell/pattern.ts';
import { askRule, name, policy, rule } from './examples.ts';

function unreachable(with_: Partial<Policy>): string[] {
  return unreachableRules(policy(with_)).map(({ clause, index, by }) =>
    by === null ? `${clause}[${index}] contradicts itself` : `${clause}[${index}] by ${by.clause}[${by.index}]`,
  );
}

const drop = rule({ action: ['drop'] });
const dropTables = rule({ action: ['drop'], object: ['table'] });

describe('a rule is unreachable', () => {
  it.each([
    ['behind an equal one', ['deny[1] by deny[0]'], { deny: [drop, drop] }],
    ['behind a wider one', ['deny[1] by deny[0]'], { deny: [drop, dropTables] }],
    [
      'behind a rule of a stronger list',
      ['ask[0] by deny[0]', 'allow[0] by deny[0]'],
      {
        deny: [drop],
        ask: [askRule({ action: ['drop'] })],
        allow: [dropTables],
      },
    ],
    [
      'behind several that share its actions',
      ['allow[0] by deny[1]'],
      {
        deny: [drop, rule({ action: ['truncate'] })],
        allow: [rule({ action: ['drop', 'truncate'] })],
      },
    ],
    [
      'behind a wider pattern',
      ['deny[1] by deny[0]'],
      {
        deny: [rule({ relation: [name('app.*')] }), rule({ relation: [name('app.a'), name('app.b*')] })],
      },
    ],
    [
      'behind a pattern of any schema',
      ['deny[1] by deny[0]'],
      {
        deny: [rule({ relation: [name('secrets')] }), rule({ relation: [name('app.secrets')] })],
      },
    ],
    [
      'when it is about relations and functions at once',
      ['deny[0] contradicts itself'],
      {
        deny: [rule({ relation: [name('t')], function: [name('f')] })],
      },
    ],
    [
      'when only updates and deletes have its condition',
      ['deny[0] contradicts itself'],
      {
        deny: [rule({ action: ['select'], where: 'absent' })],
      },
    ],
    [
      'when its kind of object has no such name',
      ['deny[0] contradicts itself'],
      {
        deny: [rule({ object: ['role'], relation: [name('t')] })],
      },
    ],
  ] satisfies [string, string[], Partial<Policy>][])('%s', (_what, expected, with_) => {
    expect(unreachable(with_)).toEqual(expected);
  });
});

/** A rule about commands, with its patterns as they are written. */
function commands(with_: {
  readonly program?: readonly string[];
  readonly args?: readonly string[];
  readonly path?: readonly string[];
  readonly operation?: CommandRule['operation'];
  readonly channel?: CommandRule['channel'];
  readonly opaque?: boolean;
}): Rule {
  const { program, args, path, operation = null, channel = null, opaque = false } = with_;
  return rule({
    command: {
      program: program?.map((one) => compiled(compileProgram(one))) ?? null,
      args: args?.map((one) => compiled(compileArgument(one))) ?? null,
      path: path?.map((one) => compiled(compilePath(one))) ?? null,
      operation,
      channel,
      opaque,
    },
  });
}

function compiled<T>(outcome: Compiled<T>): T {
  if (!outcome.ok) throw new Error(outcome.reason);
  return outcome.value;
}

describe('a rule for SSH is unreachable', () => {
  it.each([
    ['behind a wider one', commands({ program: ['rm'] }), commands({ program: ['rm'], args: ['-r'], path: ['/srv'] })],
    ['behind more names of programs', commands({ program: ['mkfs*'] }), commands({ program: ['mkfs.*', 'mkfs'] })],
    ['behind fewer flags', commands({ args: ['-r'] }), commands({ args: ['-rf', '-r --force'] })],
    ['behind the same words', commands({ args: ['push', 'stop'] }), commands({ args: ['stop'] })],
    [
      'behind a directory',
      commands({ path: ['/srv/**'] }),
      commands({ path: ['/srv', '/srv/a', '/srv/*/b', '/srv/x/**'] }),
    ],
    ['behind a star', commands({ path: ['/srv/*'] }), commands({ path: ['/srv/a', '/srv/a*'] })],
    [
      'behind more operations and channels',
      commands({ operation: ['read', 'list'], channel: ['sftp', 'exec'] }),
      commands({ operation: ['list'], channel: ['sftp'] }),
    ],
    ['behind all that is opaque', commands({ opaque: true }), commands({ opaque: true, program: ['bash'] })],
    ['behind the program it may hide', commands({ program: ['bash'] }), commands({ program: ['bash'], opaque: true })],
  ])('%s', (_what, wide, narrow) => {
    expect(unreachable({ deny: [wide, narrow] })).toEqual(['deny[1] by deny[0]']);
    expect(unreachable({ deny: [narrow, wide] })).toEqual([]);
  });

  it.each([
    ['when no program runs there', commands({ channel: ['sftp', 'forward'], program: ['rm'] })],
    ['when there are no words', commands({ channel: ['agent', 'x11', 'sftp'], args: ['-r'] })],
    ['when nothing is done to a path', commands({ channel: ['forward', 'subsystem'], path: ['/srv'] })],
    ['when nothing is done to files', commands({ channel: ['env'], operation: ['read'] })],
  ])('%s', (_what, one) => {
    expect(unreachable({ deny: [one] })).toEqual(['deny[0] contradicts itself']);
  });
});

describe('a rule for SSH is reachable', () => {
  it.each([
    ['behind any rule for databases', rule({ object: ['table'] }), commands({ program: ['rm'] })],
    ['before any rule for databases', commands({ opaque: true }), rule({ action: ['drop'] })],
    ['behind a single name of a directory', commands({ path: ['/srv/*'] }), commands({ path: ['/srv/**'] })],
    ['behind what is in another directory', commands({ path: ['/srv/**'] }), commands({ path: ['/srv2'] })],
    ['behind another flag', commands({ args: ['-f'] }), commands({ args: ['-r'] })],
    ['behind more words', commands({ args: ['push --force'] }), commands({ args: ['push'] })],
    [
      'when it speaks of what the other cannot',
      commands({ path: ['/**'] }),
      commands({ program: ['tar'], path: ['/srv'] }),
    ],
    ['behind what is opaque alone', commands({ opaque: true }), commands({ program: ['bash'] })],
    ['behind one of its programs', commands({ program: ['rm'] }), commands({ program: ['rm', 'dd'] })],
    ['when it has fewer conditions', commands({ channel: ['sftp'] }), commands({})],
  ])('%s', (_what, first, second) => {
    expect(unreachable({ deny: [first, second], allow: [] })).toEqual([]);
  });

  it('when the wider one allows a program only where the system keeps it', () => {
    const [wide, narrow] = [commands({ program: ['rm'] }), commands({ program: ['/opt/app/rm'] })];
    expect(unreachable({ allow: [wide, narrow] })).toEqual([]);
    expect(unreachable({ allow: [wide, commands({ program: ['/usr/bin/rm'] })] })).toEqual(['allow[1] by allow[0]']);
    expect(unreachable({ deny: [wide], allow: [narrow] })).toEqual(['allow[0] by deny[0]']);
    expect(unreachable({ deny: [wide, narrow] })).toEqual(['deny[1] by deny[0]']);
  });
});

describe('a rule is reachable', () => {
  it.each([
    ['before a wider one', { deny: [dropTables, drop] }],
    ['behind one that covers only some of its actions', { deny: [drop, rule({ action: ['drop', 'truncate'] })] }],
    ['behind one of a weaker list', { allow: [drop], deny: [dropTables] }],
    [
      'behind one of a certain schema',
      {
        deny: [rule({ relation: [name('app.secrets')] }), rule({ relation: [name('secrets')] })],
      },
    ],
    [
      'behind one with a condition',
      {
        deny: [rule({ action: ['delete'], where: 'absent' }), rule({ action: ['delete'] })],
      },
    ],
    [
      'when it names code that a rule without action cannot name',
      {
        deny: [rule({ object: ['function'] })],
        allow: [rule({ action: ['call'], object: ['function'] })],
      },
    ],
    [
      'behind another expression',
      {
        deny: [rule({ relation: [name('/a.*/')] }), rule({ relation: [name('/ab.*/')] })],
      },
    ],
  ] satisfies [string, Partial<Policy>][])('%s', (_what, with_) => {
    expect(unreachable(with_)).toEqual([]);
  });
});
