import { spawnSync } from 'node:child_process';
import { lstatSync, mkdirSync, mkdtempSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Effect } from '../../../src/core/action.ts';
import { analyseCommand } from '../../../src/policy/shell/analyse.ts';
import { type Option, optionsOf } from '../../../src/policy/shell/options.ts';
import { compilePath } from '../../../src/policy/shell/pattern.ts';
import { programNamed } from '../../../src/policy/shell/programs/table.ts';

/**
 * Programs that every system has and that change nothing but files, with what they are given besides: `date --set=v` sets the clock.
 * Those that go on for ever are given something to end by.
 */
const PROGRAMS: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    'cat tac nl head wc cut paste fold fmt expand unexpand od base64 md5sum sha256sum cksum sum sort uniq shuf split pr ptx tsort ls du df stat realpath touch truncate tee rm shred gzip iconv'
      .split(' ')
      .map((name) => [name, 'a']),
  ),
  grep: 'x a',
  egrep: 'x a',
  sed: 'p a',
  awk: '1 a',
  diff: 'a b',
  cmp: 'a b',
  comm: 'a b',
  join: 'a b',
  mktemp: 'n.XXXX',
  cp: 'a n',
  mv: 'a n',
  ln: 'a n',
  install: 'a n',
  mkdir: 'n',
  chmod: '644 a',
  tar: 'a',
  mkfifo: 'n',
};
const FILES = ['a', 'b', 'v', 'd/v'];
const LONG_AGO = new Date('2001-01-01');
const OPERATIONS = { read: ['read'], write: ['write', 'mkdir', 'symlink'], remove: ['remove', 'rename'] } as const;

let root = '';
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'hoopctl-touched-'));
});
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

interface Line {
  readonly text: string;
  readonly place: string;
  readonly effects: readonly Effect[];
}

/** A line for every way to give an option, as far as it is known what it does. */
function lines(): readonly Line[] {
  const texts = Object.entries(PROGRAMS).flatMap(([program, words]) => {
    const { short, long } = optionsOf(programNamed(program)?.options ?? '');
    const given = [...new Set([...short.values(), ...long.values()])].flatMap(spelt);
    return ['', ...given].map((option) => [program, option, words].filter((part) => part !== '').join(' '));
  });
  return texts
    .map((text, at) => ({ text, place: join(root, String(at)) }))
    .map((line) => ({ ...line, text: line.text.replaceAll('§', line.place) }))
    .map((line) => ({
      ...line,
      effects: analyseCommand({ text: line.text, directory: line.place, home: root, shell: 'plain' }),
    }))
    .filter(({ effects }) => effects.every(({ opaque }) => !opaque));
}

function spelt({ names: [name = ''], value }: Option): readonly string[] {
  const isLong = name.length > 1;
  const option = `${isLong ? '--' : '-'}${name}`;
  if (value === 'none') return [];
  return ['v', '§/v'].map((file) => `${option}${isLong ? '=' : value === 'required' ? ' ' : ''}${file}`);
}

function furnish(place: string): void {
  mkdirSync(join(place, 'd'), { recursive: true });
  for (const name of FILES) {
    writeFileSync(join(place, name), `${name} x\n`);
    utimesSync(join(place, name), LONG_AGO, LONG_AGO);
  }
}

/** What was done in a place. Times of access are what a file system keeps, unless it is told not to. */
function touched(place: string): readonly (readonly [keyof typeof OPERATIONS, string])[] {
  const now = readdirSync(place, { recursive: true, encoding: 'utf8' });
  const gone = FILES.filter((name) => !now.includes(name)).map((name) => ['remove', name] as const);
  const made = now.filter((name) => name !== 'd' && !FILES.includes(name)).map((name) => ['write', name] as const);
  const kept = FILES.filter((name) => now.includes(name)).map((name) => {
    const { mtimeMs, atimeMs } = lstatSync(join(place, name));
    return { name, mtimeMs, atimeMs };
  });
  const written = kept.filter(({ mtimeMs }) => mtimeMs !== LONG_AGO.getTime());
  const read = kept.filter(({ mtimeMs, atimeMs }) => atimeMs !== mtimeMs && atimeMs !== LONG_AGO.getTime());
  return [
    ...gone,
    ...made,
    ...written.map(({ name }) => ['write', name] as const),
    ...read.filter((one) => !written.includes(one)).map(({ name }) => ['read', name] as const),
  ];
}

function isForeseen(operation: keyof typeof OPERATIONS, path: string, effects: readonly Effect[]): boolean {
  const pattern = compilePath(path);
  return effects.some(({ action, name, certain, command }) => {
    if (!OPERATIONS[operation].some((one) => one === action)) return false;
    return name === null || !pattern.ok || pattern.value.meets({ name, certain, beneath: command?.recursive === true });
  });
}

/** Runs all of them in one shell, each where it has a place of its own. */
function run(all: readonly Line[]): void {
  for (const { place } of all) furnish(place);
  const script = all.map(({ text, place }) => `cd '${place}' && ${text} </dev/null >/dev/null 2>&1\n`).join('');
  const env = { PATH: process.env['PATH'], LC_ALL: 'C', TMPDIR: root };
  spawnSync('/bin/sh', ['-c', `ulimit -t 60; ulimit -f 2048\n${script}`], { env, timeout: 120_000 });
}

describe('what programs do with the files that their options name', () => {
  it('is foreseen', { timeout: 150_000 }, () => {
    const all = lines();
    run(all);
    const unforeseen = all.flatMap(({ text, place, effects }) =>
      touched(place)
        .filter(([operation, name]) => !isForeseen(operation, join(place, name), effects))
        .map(([operation, name]) => `${text}: ${operation} of ${name}`),
    );
    expect(unforeseen).toEqual([]);
    expect(all.length).toBeGreaterThan(150);
  });

  it('is noticed', () => {
    const place = join(root, 'noticed');
    run([{ text: 'cat a; rm b; echo > n; echo > v', place, effects: [] }]);
    expect(touched(place)).toEqual([
      ['remove', 'b'],
      ['write', 'n'],
      ['write', 'v'],
      ['read', 'a'],
    ]);
  });
});
