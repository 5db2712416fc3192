import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { ACTION_GROUPS, ACTIONS } from '../../src/core/action.ts';
import { parseCases } from '../../src/config/cases.ts';
import { parseConfig } from '../../src/config/load.ts';

const text = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
const [example = '', cases = ''] = [...text.matchAll(/^```yaml\n(.*?)^```$/gmsu)].map((block) => block[1] ?? '');

it('shows a configuration that is valid, and cases that fit it', () => {
  const { targets } = parseConfig(example, 'configuration.md');
  expect(parseCases(cases, 'configuration.md', [...targets.keys()])).toHaveLength(2);
});

it('names every action and group there is', () => {
  for (const word of [...ACTIONS, ...Object.keys(ACTION_GROUPS)])
    expect(text).toMatch(new RegExp(`\\b${word}\\b`, 'u'));
});
