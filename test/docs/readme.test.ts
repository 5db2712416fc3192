import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/catalogue.ts';
import { parseConfig } from '../../src/config/load.ts';
import { root } from '../cli/command-line.ts';

const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** Code blocks of a language, without the indentation of a list. */
function blocks(language: string): readonly string[] {
  const found = readme.matchAll(new RegExp(`^( *)\`\`\`${language}\\n([\\s\\S]*?)^ *\`\`\`$`, 'gm'));
  return [...found].map(([, indent = '', text = '']) => text.replaceAll(new RegExp(`^${indent}`, 'gm'), ''));
}

describe('the README', () => {
  it('begins with what it is and the two commands, which package.json has', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      scripts: Record<string, string>;
    };
    const [first = ''] = blocks('sh');
    const commands = first
      .split('\n')
      .map((line) => line.replace(/ *#.*$/, ''))
      .filter((line) => line !== '');
    expect(commands).toEqual(['npm run demo', 'npm test']);
    expect(Object.keys(scripts)).toEqual(expect.arrayContaining(['demo', 'test', 'check']));
    expect(readme.split('\n').findIndex((line) => line.startsWith('npm run demo'))).toBeLessThan(12);
  });

  it('shows a configuration that is valid', () => {
    const [yaml = ''] = blocks('yaml');
    const { targets, policies } = parseConfig(yaml, 'README.md');
    expect([...targets.keys()]).toEqual(['pg-prod']);
    expect([...policies.keys()]).toEqual(['production']);
  });

  it('names every command, and none that is not there', () => {
    const named = [...readme.matchAll(/(?<=`|^ *)hoopctl ([a-z]+)/gm), ...readme.matchAll(/^\| `([a-z]+)/gm)].map(
      ([, name]) => name,
    );
    const known = COMMANDS.map(({ name }) => name);
    const keys = ['action', 'object', 'relation', 'where', 'message'];
    expect([...new Set(named)].filter((name) => name !== undefined && ![...known, ...keys].includes(name))).toEqual([]);
    for (const name of known.filter((one) => one !== 'version')) expect(readme).toContain(`\`${name}`);
  });

  it('links to nothing that is not there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:)([^)#]+)/g)].map(([, path = '']) => path);
    const present = new Set([...readdirSync(root), ...readdirSync(join(root, 'docs')).map((name) => `docs/${name}`)]);
    expect(links.filter((path) => !present.has(path))).toEqual([]);
  });
});
