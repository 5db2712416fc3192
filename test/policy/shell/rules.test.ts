import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../src/core/action.ts';
import { commandMatches, commandNames, commandOpens } from '../../../src/policy/shell/match.ts';
import { inDirectories } from '../../../src/policy/shell/scope.ts';
import { effect } from '../examples.ts';
import { rule, SENSIBLE, verdictOn } from './judging.ts';

const OPENING: Effect = effect({
  action: 'open',
  object: 'channel',
  schema: null,
  name: 'sftp',
  command: { channel: 'sftp', program: null, args: [] },
});

describe('a rule of commands', () => {
  it('says nothing of SQL, nor a rule of SQL of commands', () => {
    expect(commandMatches(rule({ channel: ['exec'] }).command, effect(), 'could')).toBe(false);
    expect(commandMatches(undefined, OPENING, 'could')).toBe(false);
  });

  it('opens the channel on which it lets something be done, and does not match the opening itself', () => {
    const reads = rule({ channel: ['sftp'], operation: ['read'] }).command;
    expect(commandOpens(reads, OPENING)).toBe(true);
    expect(commandMatches(reads, OPENING, 'could')).toBe(false);
    expect(commandOpens(rule({ operation: ['read'] }).command, OPENING)).toBe(false);
    expect(commandOpens(rule({ channel: ['scp'], operation: ['read'] }).command, OPENING)).toBe(false);
  });

  it('denies what is opaque by the whole channel, but allows nothing opaque by it', () => {
    const opaque = effect({
      action: 'run',
      object: 'program',
      opaque: true,
      command: { channel: 'exec', program: 'x', args: [] },
    });
    const whole = rule({ channel: ['exec'] }).command;
    expect(commandNames(whole, opaque, 'could')).toBe(true);
    expect(commandNames(whole, opaque, 'surely')).toBe(false);
  });

  it('allows a program that nobody knows by its name, and only that of the system', () => {
    const policy = { ...SENSIBLE, allow: [rule({ program: ['deploy'] })] };
    expect(verdictOn('deploy --now', policy)).toBe('allow');
    expect(verdictOn('./deploy --now', policy)).toBe('ask');
    expect(verdictOn('deploy $(foo)', policy)).toBe('ask');
  });

  it('lets a target that may only be read be read, and nothing be changed on it', () => {
    const policy = { ...SENSIBLE, access: 'read-only' as const };
    for (const text of ['ls', 'cat a | wc -l', 'systemctl status x', 'ps aux'])
      expect(verdictOn(text, policy)).toBe('allow');
    for (const text of ['touch a', 'ls > a', 'kill 1', 'systemctl restart x', 'rm a', 'date -s x', 'foo']) {
      expect([text, verdictOn(text, policy)]).toEqual([text, 'deny']);
    }
  });

  it('takes scp at the other end of a copy for a channel, which is off unless it is granted', () => {
    const granted = { ...SENSIBLE, allow: [rule({ channel: ['scp'] })] };
    expect(verdictOn('scp -t /srv/a')).toBe('deny');
    expect(verdictOn('scp -t /srv/a', granted)).toBe('allow');
    expect(verdictOn('scp -f /etc/shadow', granted)).toBe('deny');
    expect(verdictOn('scp -r -f /etc', granted)).toBe('deny');
    expect(verdictOn('scp -S id -t /srv/a', granted)).toBe('ask');
  });

  it('keeps paths within the directories of a scope', () => {
    const at = (name: string | null, certain: boolean): Effect =>
      effect({ action: 'read', object: 'path', name, certain });
    expect(inDirectories(at('/srv/a', true), ['/srv'])).toBe(true);
    expect(inDirectories(at('/srv/*.log', false), ['/srv'])).toBe(true);
    expect(inDirectories(at('/srv/b', false), ['/srv'])).toBe(false);
    expect(inDirectories(at('/srvx', true), ['/srv'])).toBe(false);
    expect(inDirectories(at(null, false), ['/'])).toBe(false);
  });
});
