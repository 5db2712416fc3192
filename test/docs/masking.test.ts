import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { root } from '../cli/command-line.ts';
import { maskingOf, shownOf } from '../policy/sql/flow/shop.ts';

const page = readFileSync(join(root, 'docs', 'masking.md'), 'utf8');

/** The rows of the table under this heading, by their cells. */
function rowsUnder(heading: string): readonly (readonly string[])[] {
  const lines = page.slice(page.indexOf(`| ${heading} |`)).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) => line.split(/ ?\| ?/).slice(1, -1));
}

const code = (cell: string | undefined): string => cell?.replaceAll('`', '') ?? '';

describe('the page on masking', () => {
  it('shows a configuration that is valid', () => {
    const yaml = /```yaml\n(?<text>[\s\S]*?)```/.exec(page)?.groups?.['text'] ?? '';
    expect(parseConfig(yaml, 'masking.md').policies.get('support')?.mask).toHaveLength(3);
  });

  it.for(rowsUnder('statement'))('says right what %s shows', ([statement, columns]) => {
    const { columns: found, refusal } = maskingOf(code(statement));
    expect(refusal).toBeNull();
    const said = columns?.split(', ') ?? [];
    // What shows nothing masked is not taken apart.
    expect(found?.map(({ exposure }) => exposure.kind) ?? said.map(() => 'clear')).toEqual(said);
  });

  it.for(rowsUnder('refused'))('says right that %s is refused', ([refused]) => {
    expect(shownOf(code(refused))).toMatch(/^refused: /);
  });

  it.for(rowsUnder('refused').map(([, , instead]) => instead))('says right that %s is let through', (instead) => {
    expect(shownOf(code(instead))).not.toMatch(/^refused: /);
  });

  it('has rows in its tables', () => {
    expect(rowsUnder('statement').length).toBeGreaterThan(5);
    expect(rowsUnder('refused').length).toBeGreaterThan(10);
  });
});
