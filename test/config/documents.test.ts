import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { ACTION_GROUPS, ACTIONS, CHANNELS, OPERATIONS } from '../../src/core/action.ts';
import { parseCases } from '../../src/config/cases.ts';
import { parseConfig } from '../../src/config/load.ts';
import { LIMITS } from '../../src/core/limits.ts';
import { DETECTOR_NAMES } from '../../src/policy/mask/detect/names.ts';
import { minimal, problems } from './examples.ts';

const guide = await readFile(new URL('../../docs/ssh.md', import.meta.url), 'utf8');
const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
const yamlIn = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^```yaml\n(.*?)^```$/gmsu)].map((block) => block[1] ?? '');

const text = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
const [example = '', identity = '', services = '', audiences = '', masks = '', cases = '', commands = ''] = [
  ...text.matchAll(/^```yaml\n(.*?)^```$/gmsu),
].map((block) => block[1] ?? '');

it('shows a configuration that is valid, and cases that fit it', () => {
  const config = parseConfig(`${example}${identity}`, 'configuration.md');
  expect(parseCases(cases, 'configuration.md', config)).toHaveLength(4);
});

it('shows targets and rules of SSH that are valid, and cases that fit them', () => {
  const [servers = '', ...others] = yamlIn(guide);
  const rules = others.filter((block) => /^(?:allow|ask|deny):/mu.test(block));
  const config = parseConfig(servers, 'ssh.md');
  expect(parseCases(commands, 'configuration.md', config)).toHaveLength(4);
  expect(rules.length).toBeGreaterThan(2);
  for (const rule of rules) expect(problems(minimal({ more: rule.replaceAll(/^/gmu, '    ') }))).toEqual([]);
  const short = yamlIn(readme).find((block) => block.includes('protocol: ssh'));
  expect(problems(short ?? '')).toEqual([]);
});

it('names every key, operation and channel of rules for SSH', () => {
  const words = ['program', 'args', 'path', 'operation', 'opaque', ...OPERATIONS, ...CHANNELS];
  for (const word of words) {
    expect(text).toMatch(new RegExp(`\\b${word}\\b`, 'u'));
    expect(guide).toContain(`\`${word}`);
  }
});

it('shows services that are valid, and policies for those who come with them', () => {
  const declared = `${identity}${services.replaceAll(/^/gmu, '  ')}`;
  const text_ = `${minimal({ policy: audiences.trim().replaceAll('\n', '\n    '), more: declared })}`;
  expect(problems(text_)).toEqual([]);
});

it('shows masks that are valid, and names every detector there is', () => {
  expect(problems(minimal({ more: masks.replaceAll(/^/gmu, '    ') }))).toEqual([]);
  for (const name of DETECTOR_NAMES) expect(text).toContain(`\`${name}\``);
});

it('names every action and group there is', () => {
  for (const word of [...ACTIONS, ...Object.keys(ACTION_GROUPS)])
    expect(text).toMatch(new RegExp(`\\b${word}\\b`, 'u'));
});

it('names every limit there is, with the value that holds where the file says nothing', async () => {
  const schema = await readFile(new URL('../../docs/hoopctl.schema.json', import.meta.url), 'utf8');
  const [target] = JSON.parse(schema).properties.targets.additionalProperties.anyOf as [
    { properties: { limits: { properties: Record<string, { description: string }> } } },
  ];
  const limits = Object.entries(target.properties.limits.properties);
  expect(limits).toHaveLength(Object.keys(LIMITS).length);
  for (const [key, { description }] of limits) {
    const [, fallback = ''] = /Left out: (\w+)\.$/u.exec(description) ?? [];
    expect(text).toContain(`| \`${key}\` | ${fallback} |`);
  }
});
