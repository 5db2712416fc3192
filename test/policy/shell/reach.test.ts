import { describe, expect, it } from 'vitest';
import type { Operation } from '../../../src/core/action.ts';
import type { ShellKind } from '../../../src/core/statement.ts';
import { analyseCommand } from '../../../src/policy/shell/analyse.ts';
import { rule, SENSIBLE, verdictOn } from './judging.ts';

/** What a line does to a path besides what its words say at first sight. */
const REACHES: readonly (readonly [string, Operation, string])[] = [
  ['grep -v /srv/*', 'read', '/srv/key'],
  ['grep -ve /srv/*', 'read', '/srv/key'],
  ['grep -v $x', 'read', '/srv/key'],
  ['zgrep -v /srv/*', 'read', '/srv/key'],
  ['chmod 7* x', 'write', '/home/op/7x'],
  ['uniq /srv/*', 'write', '/srv/key'],
  ['split /srv/*', 'write', '/srv/keyaa'],
  ['cp x /srv/*', 'read', '/srv/key'],
  ['cd /srv; rm *', 'remove', '/srv/app/data'],
  ['xargs -I x -L 1 rm', 'remove', '/srv/key'],
  ['tar xf /open/a.tar data -C /open', 'write', '/home/op/data'],
  ['tar xf a.tar -C /tmp -C ../srv', 'write', '/srv/key'],
  ['tar cf - -C /tmp ../srv/key', 'read', '/srv/key'],
  ['rsync --server --sender -e.LsfxC /srv key', 'read', '/srv/key'],
  ['rsync --server -e.LsfxC /srv/app data', 'write', '/srv/app/data'],
  ['rsync --server --sender -Re.LsfxC /tmp srv/key', 'read', '/home/op/srv/key'],
  ['rsync -a --copy-dest=../srv /tmp/a/ /open/', 'read', '/srv/key'],
  ['rsync -ab --backup-dir=../srv /tmp/a/ /open/', 'write', '/srv/key'],
  ['flock /srv/new ls', 'write', '/srv/new'],
  ['flock -n /srv/new -c ls', 'write', '/srv/new'],
  ['journalctl -D /srv/journal', 'read', '/srv/journal/system.journal'],
  ['journalctl -D /srv/journal --vacuum-size=1M', 'remove', '/srv/journal/x/system@1.journal'],
  ['journalctl --vacuum-time=2d', 'remove', '/var/log/journal/x/system@1.journal'],
  ["journalctl --file='/srv/*'", 'read', '/srv/key'],
  ['systemctl enable app', 'write', '/etc/systemd/system/multi-user.target.wants/app.service'],
  ['hostnamectl set-hostname x', 'write', '/etc/hostname'],
  ['timedatectl set-timezone UTC', 'write', '/etc/localtime'],
  ['ufw disable', 'write', '/etc/ufw/ufw.conf'],
  ['head x -n /srv/key', 'read', '/srv/key'],
  ['grep -v p x --label /srv/key', 'read', '/srv/key'],
  ['shred x -n /srv/key', 'write', '/srv/key'],
  ['cp x -S /srv/key', 'write', '/srv/key'],
  ['mv /srv/key -S x', 'rename', '/srv/key'],
  ['rmdir -p /srv/app/new', 'remove', '/srv/app'],
  ['mv --exchange /srv/key x', 'write', '/srv/key'],
  ['getent shadow root', 'read', '/etc/shadow'],
  ['getent $x', 'read', '/etc/shadow'],
  ['chage -l root', 'read', '/etc/shadow'],
  ['passwd -l root', 'write', '/etc/shadow'],
  ['useradd op', 'write', '/etc/passwd'],
  ['useradd -d /srv/op op', 'write', '/srv/op/.profile'],
  ['useradd -k /srv/skel -m op', 'read', '/srv/skel/key'],
  ['userdel -r op', 'remove', '/srv/op/x'],
  ['groupadd x', 'write', '/etc/group'],
  ['mktemp /srv/x.XXXX', 'write', '/srv/x.a1b2'],
  ['mktemp -p /srv', 'write', '/srv/tmp.a1b2'],
  ['mktemp', 'write', '/tmp/tmp.a1b2'],
  ['mktemp -d x.XXXX', 'mkdir', '/home/op/x.a1b2'],
  ['ptx -i /srv/key a', 'read', '/srv/key'],
  ['zdump /srv/key', 'read', '/srv/key'],
  ['tload /srv/key', 'write', '/srv/key'],
  ['rpm -qp /srv/key', 'read', '/srv/key'],
  ['modinfo /srv/key', 'read', '/srv/key'],
  ['journalctl -i /srv/key', 'read', '/srv/key'],
  ['zipinfo /srv/a', 'read', '/srv/a.zip'],
  ["zipinfo '/srv/[ab]*'", 'read', '/srv/a.zip'],
  ['zcmp /srv/key.gz', 'read', '/srv/key'],
  ['nginx -T', 'read', '/etc/nginx/conf.d/key'],
  ['finger op', 'read', '/home/op/.plan'],
  ['visudo -cf x', 'read', '/srv/key'],
];

describe('what a line reaches', () => {
  it.each(REACHES)('%s: %s of %s', (text, operation, path) => {
    const policy = { ...SENSIBLE, opaque: 'allow', deny: [rule({ operation: [operation], path: [path] })] } as const;
    expect(verdictOn(text, policy)).toBe('deny');
  });
});

function isKnown(text: string, shell: ShellKind | null): boolean {
  return analyseCommand({ text, directory: '/', home: '/', shell }).every(({ opaque }) => !opaque);
}

describe('what zsh computes', () => {
  it.each([
    'exit "$x"',
    'exit x',
    'return $x',
    'break "$x"',
    'logout x',
    '[ -t "$x" ]',
    'printf \'%d\' "$x"',
    'printf \'%*s\' "$x" a',
    "zsh -c 'exit $x'",
    "sh -c 'exit $x'",
  ])('is not known: %s', (text) => {
    expect([isKnown(text, 'zsh'), isKnown(text, 'korn'), isKnown(text, null)]).toEqual([false, false, false]);
    if (!text.includes('sh -c')) expect(isKnown(text, 'plain')).toBe(true);
  });

  it.each(['exit', 'exit 1', 'exit $?', 'break 2', '[ -t 1 ]', 'printf \'%s %-5s\\n\' "$x" "$y"', "printf '%d' 5"])(
    'is none of it: %s',
    (text) => {
      expect(isKnown(text, 'zsh')).toBe(true);
    },
  );
});
