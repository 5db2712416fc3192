import { describe, expect, it } from 'vitest';
import type { Compiled } from '../../../src/policy/pattern.ts';
import { compileArgument, compilePath, compileProgram } from '../../../src/policy/shell/pattern.ts';
import { effort } from '../../effort.ts';

function compiled<T>(result: Compiled<T>): T {
  if (!result.ok) throw new Error(result.reason);
  return result.value;
}

describe('a program pattern', () => {
  const rm = compiled(compileProgram('rm'));

  it('means the program wherever it lies when it denies', () => {
    for (const program of ['rm', '/bin/rm', './rm', '../x/rm', '/tmp/rm']) expect(rm.matches(program)).toBe(true);
    for (const program of ['rmrm', 'rmdir', 'xrm', '/rm/ls', '']) expect(rm.matches(program)).toBe(false);
  });

  it('means only that of the system when it allows', () => {
    for (const program of ['rm', '/bin/rm', '/usr/sbin/rm', '/usr/local/bin/rm']) expect(rm.surely(program)).toBe(true);
    for (const program of ['./rm', '/tmp/rm', '/usr/bin/../../tmp/rm', 'bin/rm', '/bin/x/rm'])
      expect(rm.surely(program)).toBe(false);
  });

  it('takes a star for any run of characters', () => {
    const mkfs = compiled(compileProgram('mkfs*'));
    expect(mkfs.matches('/sbin/mkfs.ext4')).toBe(true);
    expect(mkfs.matches('xmkfs')).toBe(false);
  });

  it('takes a path for that program when it allows, and for its name when it denies', () => {
    const deploy = compiled(compileProgram('/opt/app/bin/deploy'));
    expect(deploy.surely('/opt/app/bin/deploy')).toBe(true);
    expect(deploy.surely('deploy')).toBe(false);
    expect(deploy.matches('deploy')).toBe(true);
    expect(deploy.matches('./deploy')).toBe(true);
    const all = compiled(compileProgram('/opt/app/*'));
    expect(all.matches('/opt/app/x')).toBe(true);
    expect(all.matches('/usr/bin/x')).toBe(false);
    expect(all.matches('./x')).toBe(true);
    expect(all.surely('./x')).toBe(false);
  });

  it.each([
    ['', 'is empty'],
    ['rm -rf', 'white space'],
    ['bin/rm', 'neither a name nor an absolute path'],
    ['/usr//rm', '//'],
    ['x'.repeat(600), 'longer than'],
  ])('refuses %j', (source, reason) => {
    const result = compileProgram(source);
    expect(result.ok ? '' : result.reason).toContain(reason);
  });
});

describe('an argument pattern', () => {
  it('knows flags by their letters, and long ones by their names', () => {
    expect(compiled(compileArgument('-rf')).parts).toEqual([{ flags: ['r', 'f'] }]);
    expect(compiled(compileArgument('--no-preserve-root')).parts).toEqual([{ flags: ['no-preserve-root'] }]);
    expect(compiled(compileArgument('push --force')).parts).toHaveLength(2);
  });

  it('matches other words exactly, by stars or by an expression', () => {
    expect(compiled(compileArgument('stop')).matches('stop')).toBe(true);
    expect(compiled(compileArgument('stop')).matches('stopstop')).toBe(false);
    expect(compiled(compileArgument('of=/dev/*')).matches('of=/dev/sda')).toBe(true);
    expect(compiled(compileArgument('/etc/passwd')).matches('/etc/passwd')).toBe(true);
    expect(compiled(compileArgument('/(stop|restart)/')).matches('restart')).toBe(true);
    expect(compiled(compileArgument('/(stop|restart)/')).matches('restarted')).toBe(false);
  });

  it('refuses an expression that cannot be used', () => {
    expect(compileArgument('/(/')).toMatchObject({ ok: false });
  });
});

describe('a path pattern', () => {
  it.each([
    ['/srv/**', ['/srv', '/srv/a', '/srv/a/b'], ['/', '/srvx', '/etc/srv/a']],
    ['/srv/*', ['/srv/a'], ['/srv', '/srv/a/b']],
    ['/**/.ssh/**', ['/root/.ssh', '/.ssh/x', '/home/a/.ssh/id'], ['/root/ssh/x']],
    ['/etc/*.conf', ['/etc/a.conf', '/etc/.conf'], ['/etc/conf', '/etc/a/b.conf']],
    ['/', ['/'], ['/a']],
    ['/**', ['/', '/a/b'], []],
    ['/a/**/b', ['/a/b', '/a/x/b', '/a/x/y/b'], ['/a', '/a/bb']],
  ])('%s matches what it says', (source, yes, no) => {
    const pattern = compiled(compilePath(source));
    for (const path of yes) expect([path, pattern.matches(path)]).toEqual([path, true]);
    for (const path of no) expect([path, pattern.matches(path)]).toEqual([path, false]);
  });

  it.each([
    ['/srv/**', '/', true, true, true],
    ['/srv/**', '/', true, false, false],
    ['/srv/app/x', '/srv', true, true, true],
    ['/srv/**', '/sr*', false, false, true],
    ['/srv/a/b', '/sr*', false, true, true],
    ['/srv/a/b', '/sr*', false, false, false],
    ['/srv/a/b', '/**/b', false, false, true],
    ['/srv/a/b', '/**/c', false, false, false],
    ['/srv/a/b', '/**/c', false, true, false],
    ['/s*v/**', '/*r*/x', false, false, true],
    ['/etc/**', '/*tx', false, false, false],
    ['/a/**', '/**/etc/shadow', false, false, true],
  ])('%s meets %s (certain: %s, beneath: %s): %s', (source, name, certain, beneath, expected) => {
    expect(compiled(compilePath(source)).meets({ name, certain, beneath })).toBe(expected);
  });

  it.each([
    ['/srv/**', '/srv/*', false, false, true],
    ['/srv/**', '/srv/a', true, true, true],
    ['/srv/*', '/srv/a', true, true, false],
    ['/srv/*', '/srv/a*', false, false, true],
    ['/srv/a*', '/srv/*', false, false, false],
    ['/srv/**', '/**/a', false, false, false],
    ['/srv/*', '/srv/**', false, false, false],
  ])('%s holds all of %s (certain: %s, beneath: %s): %s', (source, name, certain, beneath, expected) => {
    expect(compiled(compilePath(source)).holds({ name, certain, beneath })).toBe(expected);
  });

  it('takes stars of a name that is known for sure as they are', () => {
    const pattern = compiled(compilePath('/srv/secret'));
    expect(pattern.meets({ name: '/srv/s*t', certain: true, beneath: false })).toBe(false);
    expect(pattern.meets({ name: '/srv/s*t', certain: false, beneath: false })).toBe(true);
  });

  it.each([
    ['srv/**', 'is not absolute'],
    ['~/x', 'is not absolute'],
    ['/srv/', 'ends in "/"'],
    ['/srv//a', '"//"'],
    ['/srv/../etc', '".."'],
    ['/srv/a**', 'stands alone'],
  ])('refuses %s', (source, reason) => {
    const result = compilePath(source);
    expect(result.ok ? '' : result.reason).toContain(reason);
  });

  it('takes time in the product of the lengths', () => {
    const pattern = compiled(compilePath(`/${'**/a/'.repeat(100)}b`));
    const name = `/${'a/'.repeat(2_000)}c`;
    const spent = effort();
    expect(pattern.meets({ name, certain: true, beneath: false })).toBe(false);
    expect(spent()).toBeLessThan(500);
  });
});
