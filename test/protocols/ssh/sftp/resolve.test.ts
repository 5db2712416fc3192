import { lstatSync, mkdirSync, readlinkSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { MOST_LINKS, MOST_PARTS } from '../../../../src/protocols/ssh/sftp/limits.ts';
import { textOf, writtenPath } from '../../../../src/protocols/ssh/sftp/paths.ts';
import { type Lookout, type Place, resolvePath, type Sight } from '../../../../src/protocols/ssh/sftp/resolve.ts';
import { scratch } from './stage.ts';

/** What there is on a server: directories, files, what links say, and names that it says nothing of. */
type Tree = Readonly<Record<string, 'directory' | 'other' | 'unknown' | { readonly link: string | Buffer | null }>>;

function lookoutOn(tree: Tree): Lookout {
  return {
    sight: async (path) => {
      const found = tree[path];
      if (found === undefined) return 'absent';
      return typeof found === 'string' ? found : 'link';
    },
    target: async (path) => {
      const found = tree[path];
      if (typeof found !== 'object') throw new Error(`${path} is no link`);
      return typeof found.link === 'string' ? Buffer.from(found.link) : found.link;
    },
  };
}

const TREE: Tree = {
  '/srv': 'directory',
  '/srv/a': 'other',
  '/srv/sub': 'directory',
  '/srv/sub/b': 'other',
  '/srv/dark': 'unknown',
  '/srv/out': { link: '/etc' },
  '/srv/near': { link: 'sub' },
  '/srv/up': { link: '../etc/shadow' },
  '/srv/far': { link: 'near/../../etc' },
  '/srv/self': { link: 'self' },
  '/srv/gone': { link: 'nothing/here' },
  '/srv/mute': { link: null },
  '/srv/empty': { link: '' },
  '/srv/nul': { link: 'a\0b' },
  '/srv/bytes': { link: Buffer.from([0x61, 0xff]) },
  '/srv/many': { link: 'x/'.repeat(MOST_PARTS + 1) },
  '/etc': 'directory',
  '/etc/shadow': 'other',
  '/proc': 'directory',
  '/proc/self': { link: '1' },
  '/proc/1': 'directory',
  '/proc/1/root': { link: '/' },
  '/srv/proc': { link: '/proc' },
};

/** `/srv`: where relative paths begin. */
async function placesOf(text: string, follow = true, tree = TREE): Promise<readonly string[]> {
  const places = await resolvePath(lookoutOn(tree), writtenPath(text, '/srv'), follow);
  return places.map(({ path, sight }) => `${sight} ${path ?? 'anywhere'}`);
}

describe('where a path leads', () => {
  it.each<readonly [string, readonly string[]]>([
    ['a', ['other /srv/a']],
    ['/srv//./sub/b', ['other /srv/sub/b']],
    ['', ['directory /srv']],
    ['/', ['directory /']],
    ['new', ['absent /srv/new']],
    ['new/er', ['absent /srv/new/er']],
    ['a/b', ['other /srv/a/b']],
    ['near/b', ['other /srv/sub/b']],
    ['out', ['directory /etc']],
    ['out/', ['directory /etc']],
    ['out/shadow', ['other /etc/shadow']],
    ['up', ['other /etc/shadow']],
    ['far/shadow', ['other /etc/shadow']],
    ['gone', ['absent /srv/nothing/here']],
    // Where the link leads and then up, as POSIX has it, or up from where the link is.
    ['out/../x', ['absent /x', 'absent /srv/x']],
    ['near/../a', ['other /srv/a']],
    ['sub/..', ['directory /srv']],
    ['new/../out/shadow', ['absent /srv/out/shadow', 'other /etc/shadow']],
    ['../../../etc', ['directory /etc']],
  ])('is known: %s', async (text, expected) => {
    expect((await placesOf(text)).toSorted()).toEqual(expected.toSorted());
  });

  it.each<readonly [string, readonly string[]]>([
    ['out', ['link /srv/out']],
    ['out/shadow', ['other /etc/shadow']],
    // It can only mean the directory.
    ['out/', ['link /srv/out', 'directory /etc']],
    ['out/.', ['link /srv/out', 'directory /etc']],
  ])('is the link itself where it is not followed: %s', async (text, expected) => {
    expect(await placesOf(text, false)).toEqual(expected);
  });

  it.each(['dark', 'dark/x', 'self', 'mute', 'empty', 'nul', 'bytes', 'many', '/proc/1/root', 'proc/self/root/etc'])(
    'cannot be known: %s',
    async (text) => {
      expect(await placesOf(text)).toEqual(['unknown anywhere']);
    },
  );

  it('is known within /proc as long as it is no link to what a process sees', async () => {
    expect(await placesOf('proc/self')).toEqual(['directory /proc/1']);
  });

  it('is known over as many links as systems follow, and no more', async () => {
    const chain = (length: number): Tree =>
      Object.fromEntries([
        ['/srv', 'directory'],
        ['/srv/end', 'other'],
        ...Array.from({ length }, (_, at) => [`/srv/l${at}`, { link: at + 1 === length ? 'end' : `l${at + 1}` }]),
      ]) as Tree;
    expect(await placesOf('l0', true, chain(MOST_LINKS))).toEqual(['other /srv/end']);
    expect(await placesOf('l0', true, chain(MOST_LINKS + 1))).toEqual(['unknown anywhere']);
  });
});

describe('a path that no server would take as it is judged', () => {
  it('is not taken', () => {
    expect(textOf(Buffer.from('a\0'))).toEqual({ fault: 'nul' });
    expect(textOf(Buffer.from([0xff]))).toEqual({ fault: 'encoding' });
    expect(textOf(Buffer.alloc(4097, 'a'))).toEqual({ fault: 'long' });
    expect(textOf(Buffer.alloc(4096, 'a'))).toHaveProperty('text');
    expect(textOf(Buffer.from('/'.repeat(MOST_PARTS)))).toEqual({ fault: 'long' });
    expect(textOf(Buffer.from('/'.repeat(MOST_PARTS - 1)))).toHaveProperty('text');
  });
});

describe('where a path leads in a real directory', () => {
  const directory = scratch();
  afterAll(() => directory[Symbol.dispose]());
  const NAMES = ['a', 'b', 'c'] as const;
  const part = fc.constantFrom(...NAMES, '..', '.', '');
  const path = fc.array(part, { minLength: 1, maxLength: 6 }).map((parts) => parts.join('/'));
  const entry = fc.record({
    at: fc.array(fc.constantFrom(...NAMES), { minLength: 1, maxLength: 3 }).map((parts) => parts.join('/')),
    is: fc.oneof(fc.constant('directory' as const), fc.constant('other' as const), path),
  });

  function make(root: string, { at, is }: { readonly at: string; readonly is: string }): void {
    try {
      if (is === 'directory') mkdirSync(join(root, at));
      else if (is === 'other') writeFileSync(join(root, at), '', { flag: 'wx' });
      else symlinkSync(is, join(root, at));
    } catch {
      // Something is there already, or what it would lie in is not.
    }
  }

  const really: Lookout = {
    sight: async (name): Promise<Sight> => {
      try {
        const stats = lstatSync(name);
        if (stats.isSymbolicLink()) return 'link';
        return stats.isDirectory() ? 'directory' : 'other';
      } catch {
        return 'absent';
      }
    },
    target: async (name) => readlinkSync(name, 'buffer'),
  };

  it('is among what is found, whatever links there are', async () => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(entry, { maxLength: 12 }), path, async (entries, text) => {
        round += 1;
        const root = join(directory.path, `${round}`);
        mkdirSync(root);
        for (const one of entries) make(root, one);
        let real: string;
        try {
          real = realpathSync.native(`${root}/${text}`);
        } catch {
          return;
        }
        const places: readonly Place[] = await resolvePath(really, writtenPath(`${root}/${text}`, '/'), true);
        expect(places.map((one) => one.path)).toContain(real);
      }),
      { numRuns: 300 },
    );
  });
});
