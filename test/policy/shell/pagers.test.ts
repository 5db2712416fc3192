import { describe, expect, it } from 'vitest';
import type { Pagers } from '../../../src/core/statement.ts';
import { analyseCommand } from '../../../src/policy/shell/analyse.ts';

function isKnown(text: string, pagers?: Pagers): boolean {
  return analyseCommand({ text, directory: '/srv', home: '/home/op', shell: 'plain' as const, pagers }).every(
    ({ opaque }) => !opaque,
  );
}

const PAGING = [
  'journalctl -u app',
  'systemctl status app',
  'dpkg -l',
  'apt list',
  'loginctl',
  'resolvectl',
  'networkctl',
];

describe('programs that start a pager where they have a terminal', () => {
  it.each(PAGING)('are known without one, and not with one: %s', (line) => {
    expect(isKnown(line)).toBe(true);
    expect(isKnown(line, 'free')).toBe(false);
  });

  it.each(PAGING)('are known where pagers are restrained, unless something else runs them: %s', (line) => {
    for (const known of [line, `cd /tmp && ${line}; ls`, `${line} | grep x`, `if true; then ${line}; fi`]) {
      expect(isKnown(known, 'restrained')).toBe(true);
    }
    for (const by of ['sudo', 'env -i', 'env -u LESSSECURE', 'command', 'exec', 'timeout 5', 'nohup', 'time env'])
      expect(isKnown(`${by} ${line}`, 'restrained')).toBe(false);
    expect(isKnown(`sh -c '${line}'`, 'restrained')).toBe(false);
    expect(isKnown(`find . -exec ${line} \\;`, 'restrained')).toBe(false);
    for (const before of [
      'unset LESSSECURE;',
      'read LESSSECURE;',
      'LESSSECURE=',
      'export PAGER=sh;',
      'printf %n PAGER;',
    ])
      expect(isKnown(`${before} ${line}`, 'restrained')).toBe(false);
  });

  it.each([
    'journalctl --no-pager -u app',
    'systemctl --no-pager status app',
    'journalctl -u app | tail',
    'sudo journalctl -u app | tail -3 | cat',
    'dpkg -l | grep ssh',
    '{ dpkg -l; } | cat',
    'for i in a b; do dpkg -l; done | cat',
    'journalctl -f',
    'sudo journalctl -xfu app -n 50',
    'sudo systemctl restart app',
    'systemctl --now enable app',
    'sudo loginctl terminate-session 3',
  ])('are known with a terminal where no pager is started: %s', (line) => {
    expect(isKnown(line, 'free')).toBe(true);
  });

  it.each([
    'cat x | dpkg -l',
    'dpkg -l > /dev/tty | cat',
    'dpkg -l >&2 | cat',
    'dpkg -l 1</dev/tty | cat',
    'dpkg -l <>/dev/tty 1>&0 | cat',
    '{ dpkg -l; } >&2 | cat',
    '{ { dpkg -l; } >&2; } | cat',
    '{ exec >/dev/tty; dpkg -l; } | cat',
    'exec >/dev/tty; dpkg -l | cat; dpkg -l',
    'echo "$(dpkg -l >/dev/tty)" | cat',
    "sh -c 'exec >/dev/tty; dpkg -l' | cat",
    "sh -c 'dpkg -l >&2' | cat",
    'echo a | tee >(dpkg -l)',
    'dpkg -l; ls | cat',
    'dpkg -l > link',
    'systemctl help ssh',
    'systemctl --no-pager help ssh',
    'systemctl show restart',
    'resolvectl dns',
    'journalctl -f --list-boots',
    'journalctl -fe',
    'journalctl --fields -f',
    'journalctl -u -f',
  ])('are not known where what they show may get to the terminal: %s', (line) => {
    expect(isKnown(line, 'free')).toBe(false);
  });
});
