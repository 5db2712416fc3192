import { describe, expect, it } from 'vitest';
import type { Policy, Rule } from '../../../src/policy/rules.ts';
import { rule, SENSIBLE, verdictOn } from './judging.ts';

/** Nothing is allowed but what these rules allow. */
const only = (...allow: readonly Rule[]): Policy => ({ ...SENSIBLE, default: 'deny', opaque: 'deny', deny: [], allow });

/** All is allowed but what these rules deny. */
const allBut = (...deny: readonly Rule[]): Policy => ({ ...SENSIBLE, opaque: 'allow', allow: [], deny });

function expectVerdicts(policy: Policy, allowed: readonly string[], denied: readonly string[]): void {
  for (const text of allowed) expect([text, verdictOn(text, policy)]).toEqual([text, 'allow']);
  for (const text of denied) expect([text, verdictOn(text, policy)]).toEqual([text, 'deny']);
}

describe('a flag that a rule lets a program be given', () => {
  it('is not what another option is given, or a name', () => {
    expectVerdicts(only(rule({ program: ['sort'], args: ['-r'] })), ['sort -r f', 'sort -nr f'], ['sort -o -r f']);
    expectVerdicts(
      only(rule({ program: ['tar', 'ls'], args: ['-t'] })),
      ['tar tf a', 'tar -tf a', 'ls -t'],
      ['tar -x t', 'tar -xf a t', 'ls t /etc'],
    );
  });

  it('is spelt as it stands in the rule where nobody knows the program', () => {
    const policy = only(rule({ program: ['deploy'], args: ['-x', '--check'] }));
    expectVerdicts(
      policy,
      ['deploy -x', 'deploy --check', 'deploy --check=1'],
      ['deploy', 'deploy -z', 'deploy -xz', 'deploy --checks', 'deploy --chec', 'deploy -- -x'],
    );
  });

  it('leaves open what the program is told to do where the rule does not say it', () => {
    const user = only(rule({ program: ['systemctl'], args: ['--user'] }));
    expectVerdicts(user, ['systemctl --user status a'], ['systemctl status a']);
  });
});

describe('a flag that a rule keeps from a program', () => {
  it('is any spelling that may mean it where nobody knows the program', () => {
    const policy = allBut(rule({ program: ['deploy'], args: ['-x', '--to-command'] }));
    expectVerdicts(
      policy,
      ['deploy', 'deploy -ab', 'deploy --from', 'deploy -- -x'],
      ['deploy -x', 'deploy -abx', 'deploy --to-command=id', 'deploy --to-com', 'deploy -to-command', 'deploy $X'],
    );
  });

  it('is also what a name of a file may be', () => {
    const policy = allBut(rule({ args: ['-R'] }));
    expectVerdicts(
      policy,
      ['ls ./*', 'for f in ./*; do gzip "$f"; done'],
      ['ls *', 'ls *.log', 'for f in *; do gzip "$f"; done'],
    );
  });
});

describe('the word that says what a program does', () => {
  it('is not known behind an option that is not', () => {
    const policy = only(rule({ program: ['systemctl'], args: ['status'] }));
    expectVerdicts(
      policy,
      ['systemctl status a', 'systemctl --no-pager status a'],
      ['systemctl --weird status stop a', 'systemctl $X status a', 'systemctl stop status'],
    );
  });
});

describe('a rule of what programs do', () => {
  it('lets none run that changes more than paths', () => {
    expectVerdicts(only(rule({ program: ['date'], operation: ['read', 'list'] })), ['date'], ['date -s 10:00']);
  });

  it('lets no program run that it does not name', () => {
    expectVerdicts(only(rule({ operation: ['read', 'list'] })), [], ['ls', 'cat a', 'id']);
  });

  it('lets nothing be done by the shell itself', () => {
    expectVerdicts(
      only(rule({ program: ['cat', 'xargs'] })),
      ['cat a'],
      ['cat a > /etc/x', 'cat a <> /etc/x', 'cat < /etc/x', 'xargs cat < /tmp/a'],
    );
  });
});

describe('a path that is not written out', () => {
  it('is not the home directory where it is somebody else’s', () => {
    const home = only(rule({ program: ['cat'], path: ['/home/op/**'] }));
    expectVerdicts(home, ['cat ~/a'], ['cat ~root/a', 'cat ~/../a']);
  });

  it('may be any where a character of it is not known', () => {
    const keys = allBut(rule({ path: ['/home/*/.ssh/**'] }));
    expectVerdicts(keys, ['cat /etc/[a-s]hadow'], ['cat /etc/[$x]hadow', 'cat /etc/$x']);
  });
});

describe('a scope of directories', () => {
  it('is left by what cannot be known, and by what a link may lead out of', () => {
    const scope = { schemas: null, namespaces: null, paths: null, directories: ['/srv', '/home/op'] };
    const policy: Policy = { ...allBut(), scope };
    expectVerdicts(policy, ['cat /srv/a', 'ls'], ['$X', 'su', 'rm -rf /srv/app/..', 'cat a/../../op/b', 'mv a b']);
  });
});
