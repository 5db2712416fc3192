import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { root } from '../cli/command-line.ts';

const read = (...names: readonly string[]): string => readFileSync(join(root, 'docs', ...names), 'utf8');

/** Code blocks of a language. */
function blocks(language: string): readonly string[] {
  const found = read('agents.md').matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'));
  return [...found].map(([, text = '']) => text);
}

describe('the page on agents', () => {
  it.each([
    ['js', 'agent.mjs', 2],
    ['yaml', 'hoopctl.yaml', 1],
  ] as const)('shows of %s what the example has', (language, file, many) => {
    const shown = blocks(language);
    expect(shown).toHaveLength(many);
    for (const text of shown) expect(read('examples', 'agents', file)).toContain(text);
  });

  it('runs scripts that the example has', () => {
    const { scripts } = parseConfig(read('examples', 'agents', 'hoopctl.yaml'), 'hoopctl.yaml');
    const named = [...read('agents.md').matchAll(/hoopctl exec ([a-z]+)/g)].map(([, name = '']) => name);
    expect([...scripts.keys()].toSorted()).toEqual([...new Set(named)].toSorted());
  });
});
