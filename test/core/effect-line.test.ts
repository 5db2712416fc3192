import { describe, expect, it } from 'vitest';
import { describeEffect } from '../../src/core/effect-line.ts';
import { targetLabel } from '../../src/core/target.ts';
import { byWeight, weightOf } from '../../src/core/weight.ts';
import { opening, run, touch, UNKNOWN_COMMAND } from '../commands.ts';

describe('an effect of a command in a line', () => {
  it.each([
    [run('rm', ['-rf', '/srv']), 'run rm -rf /srv'],
    [run('grep', ['two words', "it's"]), String.raw`run grep 'two words' 'it'\''s'`],
    [run('rm', ['-rf', null], { certain: false }), 'run rm -rf ‹?› (or another)'],
    [UNKNOWN_COMMAND, 'run something unknown (cannot be known before it runs)'],
    [touch('remove', '/srv/data'), 'remove /srv/data'],
    [touch('remove', '/srv/data', 'rm'), 'remove /srv/data (by rm)'],
    [touch('write', '/etc/passwd', 'tee', { via: ['sudo'] }), 'write /etc/passwd (by tee; through sudo)'],
    [touch('remove', '/srv/*', 'rm', { certain: false }), 'remove /srv/* (or another path; by rm)'],
    [touch('read', null, 'cat', { certain: false }), 'read something unknown (or another; by cat)'],
    [opening('shell'), 'open shell'],
    [opening('sftp'), 'open sftp'],
    [opening('agent'), 'open agent forwarding'],
    [opening('x11'), 'open X11 forwarding'],
    [opening('subsystem', ['netconf']), 'open the subsystem netconf'],
    [opening('env', ['LC_ALL=C']), 'set the variable LC_ALL=C'],
    [opening('forward', ['local', 'db:5432']), 'forward to db:5432'],
    [opening('forward', ['local', 'unix:/run/x.sock']), 'forward to unix:/run/x.sock'],
    [opening('forward', ['remote', 'localhost:8080']), 'forward from the target, listening on localhost:8080'],
  ])('%#: $1', (effect, line) => {
    expect(describeEffect(effect)).toBe(line);
  });
});

describe('the weight of an effect of a command', () => {
  it.each([
    [UNKNOWN_COMMAND, 'unknown'],
    [run('bash', ['-c', null], { opaque: true }), 'unknown'],
    [opening('shell'), 'unknown'],
    [opening('subsystem', ['x']), 'unknown'],
    [run('rm', ['a']), 'loss'],
    [run('/usr/sbin/mkfs.ext4', ['/dev/sda']), 'loss'],
    [run('/sbin/shutdown', ['-h', 'now']), 'loss'],
    [touch('remove', '/srv'), 'loss'],
    [run('systemctl', ['restart', 'web']), 'change'],
    [touch('write', '/srv/a'), 'change'],
    [opening('forward', ['local', 'db:1']), 'change'],
    [run('ls', ['-la']), 'read'],
    [touch('list', '/srv'), 'read'],
    [opening('sftp'), 'read'],
  ] as const)('%#: %o is %s', (effect, weight) => {
    expect(weightOf(effect)).toBe(weight);
  });

  it('puts what is lost before what is looked at', () => {
    const effects = [run('ls'), run('systemctl', ['stop', 'web']), touch('remove', '/srv', 'rm'), UNKNOWN_COMMAND];
    expect(byWeight(effects).map(weightOf)).toEqual(['unknown', 'loss', 'change', 'read']);
  });
});

it('a target without a database is called by its address alone', () => {
  const target = { name: 'web-1', protocol: 'ssh', user: 'ops', address: 'web-1.internal:22', database: '' } as const;
  expect(targetLabel(target)).toBe('web-1 (ssh, ops@web-1.internal:22)');
});
