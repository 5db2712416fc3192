import { describe, expect, it } from 'vitest';
import type { Channel } from '../../src/core/action.ts';
import { requestEffects } from '../../src/policy/channel-request.ts';

/** What each effect does, with the words that go with it. */
function effects(channel: Channel, text: string): readonly string[] | null {
  const outcome = requestEffects({ channel, text });
  if (!outcome.ok) throw new Error(outcome.reason);
  return (
    outcome.effects?.map(({ action, object, name, command }) =>
      [action, object, name, ...(command?.args.length === 0 ? [] : [`(${command?.args.join(' ')})`])].join(' '),
    ) ?? null
  );
}

describe('what is asked for over SSH', () => {
  it('is found out of a command line by reading it', () => {
    expect(effects('exec', 'rm -rf /')).toBeNull();
  });

  it.each<[Channel, string, readonly string[]]>([
    ['shell', '', ['open channel shell']],
    ['agent', ' ', ['open channel agent']],
    ['x11', '', ['open channel x11']],
    ['sftp', '', ['open channel sftp']],
    ['sftp', 'write /etc/passwd', ['open channel sftp', 'write path /etc/passwd']],
    ['scp', 'read /srv/a', ['open channel scp', 'read path /srv/a']],
    ['sftp', 'list /', ['open channel sftp', 'list path /']],
    [
      'sftp',
      'rename /srv/a /srv/b',
      ['open channel sftp', 'rename path /srv/a', 'read path /srv/a', 'write path /srv/b'],
    ],
    [
      'sftp',
      'symlink /srv/a /etc/b',
      ['open channel sftp', 'symlink path /srv/a', 'read path /etc/b', 'write path /etc/b'],
    ],
    ['forward', 'local db:5432', ['open channel forward (local db:5432)']],
    ['forward', 'remote  0.0.0.0:80', ['open channel forward (remote 0.0.0.0:80)']],
    ['subsystem', 'netconf', ['open channel subsystem (netconf)']],
    ['env', 'A=b c', ['open channel env (A=b c)']],
  ])('on the channel %s, "%s", opens it first', (channel, text, expected) => {
    expect(effects(channel, text)).toEqual(expected);
  });

  it.each<[Channel, string, string]>([
    ['exec', ' ', 'is empty: write a command line'],
    ['shell', '-l', 'takes no words on the channel shell'],
    ['sftp', 'delete /a', 'does something to a path: write one of read, list, write, mkdir, remove, rename, symlink'],
    ['sftp', 'write', 'names one path: write "write /srv/a"'],
    ['sftp', 'write /a /b', 'names one path: write "write /srv/a"'],
    ['sftp', 'rename /a /b /c', 'names one or two paths: write "rename /srv/a"'],
    ['sftp', 'read a', 'holds a path that is not absolute'],
    ['sftp', 'read /a/../b', 'holds a path that is not absolute, or not in normal form'],
    ['scp', 'read /a/', 'holds a path that is not absolute, or not in normal form'],
    ['forward', '', 'says where to: write "local db.internal:5432"'],
    ['forward', 'db:5432', 'says where to'],
    ['forward', 'dynamic 1080', 'says where to'],
    ['subsystem', '', 'names one subsystem'],
    ['env', 'LANG', 'sets a variable: write "NAME=value"'],
    ['env', '=x', 'sets a variable: write "NAME=value"'],
  ])('on the channel %s cannot be "%s"', (channel, text, reason) => {
    expect(requestEffects({ channel, text })).toEqual({ ok: false, reason: expect.stringContaining(reason) as string });
  });
});
