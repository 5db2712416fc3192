import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../src/cli/catalogue.ts';
import { TOOLS } from '../../src/local/mcp/server.ts';
import { RESULT_FIELDS } from '../../src/local/mcp/tools/result-fields.ts';
import { root } from '../cli/command-line.ts';

const guide = readFileSync(join(root, 'docs', 'mcp.md'), 'utf8');

/** First cells of the table rows, without what options and arguments are called. */
const named = [...guide.matchAll(/^\| `([\w-]+)/gm)].map(([, name]) => name ?? '');

describe('the guide for agents', () => {
  it('names every tool, every status and every option, and none that is not there', () => {
    const tools = TOOLS.map(({ name }) => name);
    const options =
      COMMANDS.find(({ name }) => name === 'mcp')?.options?.map(({ flags }) => flags.split(' ')[0] ?? '') ?? [];
    expect(named.sort()).toEqual([...tools, ...RESULT_FIELDS.status.enum, ...options].sort());
  });

  it('shows settings that can be read', () => {
    const blocks = [...guide.matchAll(/^```json\n([\s\S]*?)^```$/gm)].map(
      ([, text = '']) => JSON.parse(text) as object,
    );
    expect(blocks.map((block) => Object.keys(block))).toEqual([['mcpServers'], ['servers']]);
  });
});

describe('the tools', () => {
  it('say what they take and give as closed schemas, of which all that is required is there', () => {
    for (const { input, output } of TOOLS) {
      expect(input['additionalProperties']).toBe(false);
      for (const { required = [], properties } of [input, output]) {
        expect(Object.keys(properties)).toEqual(expect.arrayContaining([...required]));
      }
    }
  });
});
