import { describe, expect, it } from 'vitest';
import type { Effect } from '../../../src/core/action.ts';
import { refusalFor } from '../../../src/policy/refusal.ts';
import { NOWHERE } from '../../../src/core/statement.ts';
import { analyseCommand } from '../../../src/policy/shell/analyse.ts';
import { commandMatches, commandNames, commandOpens } from '../../../src/policy/shell/match.ts';
import { inDirectories } from '../../../src/policy/shell/scope.ts';
import { effect } from '../examples.ts';
import { rule, SENSIBLE, verdictOn } from './judging.ts';

/** Options and scripts by which known programs run others. */
const RUNNING: readonly string[] = String.raw`
tar --to-command=id -xf a
tar -I id -xf a
tar --use-comp=id -xf a
tar xfI a id
tar -cf a --checkpoint-action=exec=id b
tar -cf a --checkpoint-action exec=id b
tar --rsh-command=id -xf h:a
tar -xf host:a
tar --foo=id -xf a
tar $X
find . -foo id
find . $X
rsync -e id a h:b
rsync --rsh=id a h:b
rsync --rsync-path=id a h:b
rsync -a a h:b
git -c core.pager=id log
git --exec-path=/tmp log
git --config-env=core.pager=X log
git clone -u id a b
git clone --upload-pack=id a b
git fetch --upload-p=id
git grep -Oid x
git rebase -x id main
git bisect run id
git submodule foreach id
git foo
git $X
git log $X
xargs --foo id
sudo --foo x id
sudo -s
sudo -i
sudo PATH=/tmp ls
env PATH=/tmp ls
env -S id
env --foo=x ls
sort --compress-program=id a
sed 'e id' a
sed -f x a
awk 'BEGIN{system("id")}'
awk -f x a
timeout --foo x ls
scp -S id a h:b
scp -o ProxyCommand=id a h:b
ssh -o ProxyCommand=id h
ssh -oProxyCommand=id h
ssh -F x h
sftp -S id h
systemctl -H h status
apt -o DPkg::Pre-Invoke=id install x
dpkg --pre-invoke=id -i x
docker -H ssh://h ps
flock --foo a ls
watch --foo ls
busybox --foo
xargs --process-slot-var=PATH ls
xargs --process-slot-var=BASH_ENV bash -c ls
awk --file=x a
tar tf a -T x
split --filter=id a
install -s a b
install --strip-program=id -s a b
ip netns exec x id
ip net e x id
ip vrf exec x id
ip -b x
pidstat -e id
iptables -M id -L
iptables --modprobe=id -L
test -v "$X"
[ $X ]
[ "$X" "$Y" ]
printf "$X" "$Y"
printf -v PATH x
wait -p "$X"
unset "$X"
export "$X"
read "$X"
set -o "$X"
alias ls=id
`
  .split('\n')
  .filter((line) => line !== '');

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

  it('never lets a server of SFTP run as a command, whatever is allowed', () => {
    const policy = {
      ...SENSIBLE,
      opaque: 'allow' as const,
      deny: [],
      allow: [rule({ program: ['sftp-server'] }), rule({ channel: ['sftp', 'exec'] }), rule({ opaque: true })],
    };
    for (const text of ['sftp-server', 'sudo /usr/lib/openssh/sftp-server -e', '/usr/lib/openssh/sftp-serve*']) {
      expect([text, verdictOn(text, policy)]).toEqual([text, 'deny']);
    }
    const effects = analyseCommand({ text: 'sftp-server', ...NOWHERE });
    expect(effects.map(({ action, name }) => [action, name])).toEqual([
      ['run', 'sftp-server'],
      ['open', 'sftp'],
    ]);
    expect(refusalFor('bypass', effects[0] ?? null, 'p').hint).toContain('Use the sftp subsystem');
  });

  it('decides rsync and git at the other end of a copy by the paths they are given', () => {
    const policy = {
      ...SENSIBLE,
      deny: [
        rule({ path: ['/srv/**'], operation: ['write', 'remove'] }),
        rule({ path: ['/secret/**', '/keys/a.git/**'], operation: ['read'] }),
      ],
    };
    const verdicts: readonly (readonly [string, string])[] = [
      ['rsync --server -vlogDtpre.iLsfxCIvu . /tmp/x', 'allow'],
      ['rsync --server -vlogDtpre.iLsfxCIvu . /srv/x', 'deny'],
      ['rsync --server -vlogDtpre.iLsfxCIvu --delete . /', 'deny'],
      ['rsync --server --sender -vlogDtpre.iLsfxCIvu . /srv/x', 'allow'],
      ['rsync --server --sender -vlogDtpre.iLsfxCIvu . /', 'deny'],
      ['rsync --server --sender --remove-source-files -logre.iLs . /srv/x', 'deny'],
      ['rsync --server -logre.iLs --backup-dir=/srv/b . /tmp/x', 'deny'],
      ['rsync --server -logre.iLs --foo . /tmp/x', 'ask'],
      ['rsync --server -s -e.iLs', 'ask'],
      ['rsync --server --daemon .', 'ask'],
      ['rsync --daemon', 'ask'],
      ['rsync --server --files-from=- --sender -e.iLs . /tmp', 'ask'],
      ['rsync -a /tmp/a /tmp/b', 'allow'],
      ['rsync -a /tmp/a host:/tmp/b', 'ask'],
      ['git-upload-pack /repos/a.git', 'allow'],
      ["git upload-pack '/repos/a.git'", 'allow'],
      ['git-upload-pack /secret/a.git', 'deny'],
      ['git-receive-pack /repos/a.git', 'ask'],
      ['git-receive-pack /srv/a.git', 'deny'],
      ['git-upload-archive /repos/a.git', 'ask'],
      ['git -c x.y=z upload-pack /repos/a.git', 'ask'],
      // git itself looks for the repository under more names than it is given.
      ['git-upload-pack /keys/a', 'deny'],
      ['git upload-pack /keys/a/', 'deny'],
      ["git-upload-pack '~root/a'", 'deny'],
      ['git -C /secret upload-pack a', 'ask'],
      ['git --git-dir=/secret upload-pack /repos/a.git', 'ask'],
    ];
    for (const [text, verdict] of verdicts) expect([text, verdictOn(text, policy)]).toEqual([text, verdict]);
  });

  it('holds for what gets another name, and for what a link leads to', () => {
    const policy = {
      ...SENSIBLE,
      deny: [
        rule({ path: ['/secret/**'], operation: ['read'] }),
        rule({ path: ['/etc/**'], operation: ['write', 'remove', 'rename'] }),
        rule({ path: ['/srv/app/data/**'], operation: ['rename'] }),
      ],
    };
    const verdicts: readonly (readonly [string, string])[] = [
      ['mv /secret/key /tmp/x', 'deny'],
      ['mv /secret /tmp/x', 'deny'],
      ['mv -t /tmp /secret', 'deny'],
      ['mv /srv/app /srv/old', 'deny'],
      ['ln -s /secret/key /tmp/x', 'deny'],
      ['ln -s / /tmp/x', 'deny'],
      ['ln -s ../secret /srv/x', 'deny'],
      ['ln -s ../../secret /srv/in', 'deny'],
      ['cd / && ln -s secret srv', 'deny'],
      ['ln -sf /tmp/x /etc/passwd', 'deny'],
      ['ln -sft /etc /tmp/passwd', 'deny'],
      ['ln /tmp/x /etc/new', 'deny'],
      ['ln -s /srv/a /srv/b', 'allow'],
      ['ln -sfn releases/5 current', 'allow'],
      ['mv a b', 'allow'],
    ];
    for (const [text, verdict] of verdicts) expect([text, verdictOn(text, policy)]).toEqual([text, verdict]);
  });

  it('allows by the name of a known program no other programs that its words make it run', () => {
    const named =
      'tar find rsync git xargs sudo env sort sed awk timeout scp ssh sftp systemctl apt dpkg docker flock watch busybox ' +
      'split install ip pidstat iptables test [ printf wait unset export read set alias';
    const policy = { ...SENSIBLE, allow: [rule({ program: named.split(' ') })] };
    for (const text of RUNNING) expect([text, verdictOn(text, policy)]).toEqual([text, 'ask']);
    for (const text of ['git log -3', 'git -C /srv/app pull --rebase', 'docker exec -it web sh', 'apt install x']) {
      expect([text, verdictOn(text, policy)]).toEqual([text, 'allow']);
    }
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

  it('lets a program run for what it does, where the rule says to what, and not for more', () => {
    const closed = { ...SENSIBLE, default: 'deny' as const, deny: [], opaque: 'deny' as const };
    const reading = {
      ...closed,
      allow: [
        rule({ program: ['find', 'tar', 'sed', 'grep', 'wc', 'sort', 'git', 'sudo'], operation: ['read', 'list'] }),
      ],
    };
    for (const text of [
      'find /srv -name x',
      'tar tf a.tar',
      'tar tzf /srv/a.tgz',
      'sed -n 1p a',
      'find /srv | grep x | sort | wc -l',
    ])
      expect([text, verdictOn(text, reading)]).toEqual([text, 'allow']);
    for (const text of [
      'find /srv -delete',
      'find /srv -exec cat {} +',
      'find /srv -exec find /etc \\;',
      'find /srv -fprint x',
      'find /srv $X',
      'tar xf a.tar',
      'tar cf a.tar /srv',
      'tar tf a.tar --to-command=id',
      'sed -i s/a/b/ a',
      'sed "e id" a',
      'sort -o x a',
      'sort a > x',
      'git log',
      'git log --output=/etc/x',
      'sudo find /srv',
      'find /srv; find /srv -exec rm {} +',
      './find /srv',
      'cat a',
      'eval find /srv',
    ])
      expect([text, verdictOn(text, reading)]).toEqual([text, 'deny']);
    const beneath = { ...closed, allow: [rule({ program: ['cat', 'kill', 'sleep'], path: ['/srv/**'] })] };
    for (const text of ['cat /srv/a', 'cat /srv/*', 'cat', 'sleep 1']) expect(verdictOn(text, beneath)).toBe('allow');
    for (const text of ['cat /etc/a', 'cat /srv/a /etc/a', 'cat /srv/../etc/a', 'kill 1', 'cat $X']) {
      expect([text, verdictOn(text, beneath)]).toEqual([text, 'deny']);
    }
  });

  it('knows where ordinary programs lie, and takes any other name for one that could lie anywhere', () => {
    const sbin = { ...SENSIBLE, deny: [rule({ program: ['/usr/sbin/*'] })], opaque: 'allow' as const };
    for (const text of ['ls', 'cat a | sort', 'cd /srv', '/usr/bin/ls'])
      expect([text, verdictOn(text, sbin)]).toEqual([text, 'allow']);
    for (const text of ['useradd x', 'ip a', 'unheard-of', '/usr/sbin/ls', './x', 'sudo useradd x', 'sbin/ls']) {
      expect([text, verdictOn(text, sbin)]).toEqual([text, 'deny']);
    }
    for (const place of ['/usr/bin/*', '/bin/*', '/usr/local/bin/*', '/usr/**', '/bin/ls', '/opt/x/ls']) {
      expect([place, verdictOn('ls', { ...sbin, deny: [rule({ program: [place] })] })]).toEqual([place, 'deny']);
    }
  });

  it('follows git to the files that its options and words name', () => {
    const policy = {
      ...SENSIBLE,
      deny: [rule({ path: ['/etc/**'] })],
      allow: [rule({ program: ['git'] })],
    };
    for (const text of [
      'git log --output=/etc/x',
      'git diff --outp /etc/x',
      'git -C /etc log --output=x',
      'git -C / -C etc show --output=x',
      'git diff --no-index /etc/shadow /dev/null',
      'git diff /etc/shadow /dev/null',
      'cd /etc; git diff --no-ind shadow passwd',
      'git grep --no-index root /etc',
      'git blame --contents /etc/shadow x',
      'git clone a /etc/x',
      'git init /etc/x',
      'git worktree add /etc/x',
      'git log --output $X',
    ])
      expect([text, verdictOn(text, policy)]).toEqual([text, 'deny']);
    for (const text of ['git log', 'git -C /srv diff main', 'git log --output=x', 'git clone a b', 'git diff a b']) {
      expect([text, verdictOn(text, policy)]).toEqual([text, 'allow']);
    }
  });
});
