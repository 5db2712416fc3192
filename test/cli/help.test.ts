import { afterAll, describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/catalogue.ts';
import type { CommandSpec } from '../../src/cli/command.ts';
import { LOADERS } from '../../src/cli/loaders.ts';
import { Place } from './command-line.ts';

const place = new Place(null);
afterAll(() => place.remove());

function paths(
  spec: CommandSpec,
  before: readonly string[] = [],
): readonly (readonly [readonly string[], CommandSpec])[] {
  const path = [...before, spec.name];
  return [[path, spec] as const, ...(spec.subcommands ?? []).flatMap((sub) => paths(sub, path))];
}

describe('help', () => {
  it.each(COMMANDS.flatMap((spec) => paths(spec)))(
    'of %s says what it does and names its options',
    async (path, spec) => {
      const { code, stdout, stderr } = await place.run(...path, '--help');
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout.replaceAll(/\s+/g, ' ')).toContain(spec.summary);
      for (const option of spec.options ?? []) expect(stdout).toContain(option.flags);
      for (const sub of spec.subcommands ?? []) expect(stdout).toContain(`  ${sub.name} `);
      if (spec.rest !== undefined) expect(stdout).toContain(`[-- ${spec.rest}]`);
    },
  );

  it('of the program names every command', async () => {
    const { code, stdout } = await place.run('--help');
    expect(code).toBe(0);
    for (const spec of COMMANDS) expect(stdout).toContain(`  ${spec.name} `);
    const bare = await place.run();
    expect(bare).toEqual({ code: 0, signal: null, stdout, stderr: '' });
  });

  it('never mentions a command that is not there', async () => {
    const { stdout } = await place.run('--help');
    expect(stdout).not.toMatch(/^ {2}gateway /m);
  });
});

describe('every command', () => {
  const all = COMMANDS.flatMap((spec) => paths(spec));

  it('that does something has its code, and there is no other', () => {
    const doers = all.filter(([, spec]) => spec.subcommands === undefined || spec.byItself === true);
    const leaves = doers.map(([path]) => path.join(' '));
    expect(Object.keys(LOADERS).sort()).toEqual(leaves.sort());
  });

  it.each(Object.keys(LOADERS))('%s can be loaded', async (path) => {
    expect(await LOADERS[path]?.()).toBeTypeOf('function');
  });
});

describe('the version', () => {
  it('is that of package.json, in every way it can be asked for', async () => {
    const { version } = (await import('../../package.json', { with: { type: 'json' } })).default;
    for (const args of [['--version'], ['-V'], ['version']]) {
      expect(await place.run(...args)).toEqual({ code: 0, signal: null, stdout: `${version}\n`, stderr: '' });
    }
    const json = await place.run('version', '--json');
    expect(JSON.parse(json.stdout)).toEqual({ version: 1, hoopctl: version, node: process.version });
  });
});
