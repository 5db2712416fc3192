import { describe, expect, it } from 'vitest';
import { rule, SENSIBLE, verdictOn } from './judging.ts';

describe('a rule of what programs do', () => {
  it('holds for what programs do besides what their words say at first sight', () => {
    const policy = {
      ...SENSIBLE,
      deny: [
        rule({ path: ['/srv/**', '/etc/passwd-', '/etc/x.gz'], operation: ['write', 'mkdir', 'remove'] }),
        rule({ path: ['/etc/x.gz'] }),
      ],
    };
    for (const text of [
      'cd /srv; tee -',
      'cd /srv; mkdir -',
      'cd /srv; rm -',
      'cp --parents srv/app/data /',
      'cp -b -S - /tmp/x /etc/passwd',
      'cp --backup --suffix=- /tmp/passwd /etc',
      'mv -b -S - /tmp/x /etc/passwd',
      'ln -fb -S - /tmp/x /etc/passwd',
      'install -b -S - /tmp/x /etc/passwd',
      'sed -i- p /etc/passwd',
      'sort -T /srv a',
      'split a /srv/',
      'cd /srv; split a',
      'mktemp -p /srv',
      'mktemp -d /srv/XXXXXX',
      'chattr -i /srv/app/data',
      'chattr -R +i /srv',
      'zcat /etc/x',
      'zgrep . /etc/x',
      'gunzip -c /etc/x',
      'gunzip -N /etc/y.gz',
      'useradd -m -d /srv/x y',
    ])
      expect([text, verdictOn(text, policy)]).toEqual([text, 'deny']);
    for (const text of ['cat -', 'sort - a', 'grep x -', 'cp -b a b', 'split a b', 'zcat /etc/y.gz', 'chattr +i a'])
      expect([text, verdictOn(text, policy)]).toEqual([text, 'allow']);
  });

  it('takes no pattern that is looked for in packed files for a file', () => {
    const logs = rule({ program: ['zgrep', 'zegrep', 'zfgrep'], path: ['/var/log/**'] });
    const policy = { ...SENSIBLE, default: 'deny' as const, deny: [], allow: [logs] };
    for (const text of ['zgrep error /var/log/app.gz', 'zegrep -i error /var/log/app', 'zfgrep -e x /var/log/app.gz'])
      expect([text, verdictOn(text, policy)]).toEqual([text, 'allow']);
    for (const text of ['zgrep error /etc/x', 'zgrep -e error /etc/x /var/log/app.gz', 'zegrep -e error x'])
      expect([text, verdictOn(text, policy)]).toEqual([text, 'deny']);
  });

  it('allows by a word what that word says, and nothing that has it as a name', () => {
    const closed = { ...SENSIBLE, default: 'deny' as const, deny: [], opaque: 'deny' as const };
    const named = rule({
      program: ['systemctl', 'docker', 'git', 'kubectl', 'apt', 'ufw'],
      args: ['status', 'ps', 'get', 'list', 'install', 'enable', 'push --force', 'restart nginx'],
    });
    const policy = { ...closed, allow: [named, rule({ program: ['useradd'], args: ['app'] })] };
    for (const text of [
      'systemctl status nginx',
      'systemctl --no-pager -l status nginx',
      'systemctl restart nginx',
      'docker ps -a',
      'git -C /srv/app status',
      'git push --force',
      'kubectl get pods',
      'kubectl -n prod get pods',
      'apt list --installed',
      'apt -y install nginx',
      'apt -qq -y install nginx',
      'docker -D ps',
      'ufw --force enable',
      'useradd -m app',
    ])
      expect([text, verdictOn(text, policy)]).toEqual([text, 'allow']);
    for (const text of [
      'systemctl stop nginx status',
      'systemctl -t status stop nginx',
      'systemctl restart sshd',
      'systemctl "$X" status',
      'docker run -v /:/x alpine ps',
      'docker -H status rm ps',
      'git -C status clean -fdx',
      'git clean -fdx status',
      'kubectl delete pod get',
      'kubectl -n get delete pod x',
      'apt remove list',
      'apt -y remove install',
    ])
      expect([text, verdictOn(text, policy)]).toEqual([text, 'deny']);
    // Whatever it may be is denied and asked for as before.
    const denying = { ...SENSIBLE, opaque: 'allow' as const, deny: [named] };
    for (const text of ['systemctl stop nginx status', 'docker rm ps']) expect(verdictOn(text, denying)).toBe('deny');
  });
});
