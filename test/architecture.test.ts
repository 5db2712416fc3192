import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { checkFiles, violations } from './architecture/check.ts';
import { ROOMS, TOP_LEVEL } from './architecture/rooms.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function sourcesUnder(folder: string): Map<string, string> {
  const names = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' });
  const files = names.map((name) => `${folder}/${name.replaceAll('\\', '/')}`).filter((name) => /\.tsx?$/.test(name));
  return new Map(files.map((file) => [file, readFileSync(join(root, file), 'utf8')]));
}

/** What the checker says of a house of these files. */
function of(files: Readonly<Record<string, string>>): readonly string[] {
  return violations(new Map(Object.entries(files)));
}

describe('the house', () => {
  it('keeps its imports one way, its brands in session/, its names and its sizes', () => {
    expect(violations(sourcesUnder('src'))).toEqual([]);
  });

  it('has only rooms that are known', () => {
    const folders = readdirSync(join(root, 'src'));
    expect(folders.filter((name) => !(name in ROOMS))).toEqual([]);
  });

  it('has tests with names and sizes like the rest', () => {
    expect(checkFiles(sourcesUnder('test')).filter((one) => one !== null)).toEqual([]);
  });

  it('has nothing at the top that does not belong there', () => {
    const tracked = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' }).split('\0');
    const top = new Set(tracked.filter((name) => name !== '').map((name) => name.split('/')[0] ?? ''));
    expect([...top].filter((name) => !name.startsWith('.') && !TOP_LEVEL.includes(name))).toEqual([]);
  });
});

describe('the checker', () => {
  const core = { 'src/core/noun.ts': 'export interface Noun { readonly name: string }' };

  it('accepts what is allowed', () => {
    expect(
      of({ ...core, 'src/wire/a.ts': "import type { Noun } from '../core/noun.ts'; export type A = Noun;" }),
    ).toEqual([]);
  });

  it.each([
    ['a static import', "import { b } from '../../session/b.ts'; export const a = b;"],
    ['a type-only import', "import type { B } from '../../session/b.ts'; export type A = B;"],
    ['a re-export', "export { b } from '../../session/b.ts';"],
    ['a star re-export', "export * from '../../session/b.ts';"],
    ['a dynamic import', "export const a = () => import('../../session/b.ts');"],
    ['an import type', "export type A = import('../../session/b.ts').B;"],
  ])('refuses %s against the direction', (_, text) => {
    const house = { 'src/protocols/postgres/a.ts': text, 'src/session/b.ts': 'export const b = 1; export type B = 1;' };
    expect(of(house)).toEqual(['src/protocols/postgres/a.ts: protocols may not import session (src/session/b.ts)']);
  });

  it('refuses imports that cannot be read', () => {
    expect(() => of({ 'src/cli/a.ts': 'export const a = (name: string) => import(name);' })).toThrow(
      'not written down',
    );
  });

  it('refuses a protocol that imports another', () => {
    const house = {
      'src/protocols/mysql/a.ts': "export { b } from '../postgres/b.ts';",
      'src/protocols/postgres/b.ts': 'export const b = 1;',
    };
    expect(of(house)).toEqual([
      'src/protocols/mysql/a.ts: one protocol may not import another, or the registry (src/protocols/postgres/b.ts)',
    ]);
  });

  it('refuses input and output where only thinking is allowed', () => {
    expect(of({ 'src/policy/a.ts': "import { readFileSync } from 'node:fs'; export const a = readFileSync;" })).toEqual(
      ['src/policy/a.ts: policy may not import node:fs'],
    );
  });

  it('refuses cycles, of types too', () => {
    const house = {
      'src/core/a.ts': "import type { B } from './b.ts'; export type A = B | 1;",
      'src/core/b.ts': "import type { A } from './a.ts'; export type B = A | 2;",
    };
    expect(of(house)).toEqual(['cycle: src/core/a.ts → src/core/b.ts → src/core/a.ts']);
  });

  it.each([
    ['as', 'export const a = (x: Buffer) => x as Cleared<Buffer>;'],
    ['as, of what was only judged', 'export const a = (x: Buffer) => x as Judged<Buffer>;'],
    ['as, by way of unknown', 'export const a = (x: string) => x as unknown as Masked<Buffer>;'],
    ['a namespace', 'export const a = (x: Buffer) => x as guard.Cleared<Buffer>;'],
    ['angle brackets', 'export const a = (x: Buffer) => <Cleared<Buffer>>x;'],
    ['a function type', 'export const a = f as (x: Buffer) => Cleared<Buffer>;'],
    ['a type predicate', 'export function a(x: Buffer): x is Masked<Buffer> { return true; }'],
  ])('refuses brands minted outside session/ with %s', (_, text) => {
    expect(of({ 'src/wire/a.ts': text })).toEqual([
      'src/wire/a.ts: only session/ may make a Judged, a Cleared or a Masked',
    ]);
    expect(of({ 'src/session/a.ts': text })).toEqual([]);
  });

  it('refuses names that say nothing, long files, unknown rooms and lost files', () => {
    expect(of({ 'src/wire/utils/a.ts': '' })).toEqual(['src/wire/utils/a.ts: the name utils says nothing']);
    expect(of({ 'src/wire/fooBar.ts': '' })).toEqual(['src/wire/fooBar.ts: the name fooBar.ts is not kebab-case']);
    expect(of({ 'src/wire/a.ts': '\n'.repeat(401) })).toEqual(['src/wire/a.ts: 401 lines, where 400 are the limit']);
    expect(of({ 'src/attic/a.ts': "import 'zod';" })).toEqual(['src/attic/a.ts: there is no such room']);
    expect(of({ 'src/wire/a.ts': "import './b.ts';" })).toEqual(['src/wire/a.ts: src/wire/b.ts does not exist']);
  });
});
