import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { columnName, ruleYaml } from '../../src/cli/mask-yaml.ts';
import { parseConfig } from '../../src/config/load.ts';
import type { MaskMethod } from '../../src/core/mask.ts';
import type { MaskRule } from '../../src/policy/rules.ts';

/** The rule that is read when the line is pasted. */
function pasted(line: string): MaskRule | undefined {
  const { policies } = parseConfig(
    `version: 1
targets:
  pg: { protocol: postgres, address: "127.0.0.1:1", database: a, user: a, tls: disable, policy: [p] }
policies:
  p:
    default: allow
    mask:
      - ${line}
`,
    'hoopctl.yaml',
  );
  return policies.get('p')?.mask[0];
}

const names = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }).filter((name) => !name.includes('\0'));
const odd = fc.constantFrom('a', '"', '*', '/', '.', '\\', ' ', '\n', '{', ',', '#', ':', '\u202e', 'é', '\u{1f600}');
const oddNames = fc.string({ unit: odd, minLength: 1, maxLength: 8 });
const anyName = fc.oneof(names, oddNames);

describe('a suggested rule', () => {
  it('means the very column when it is pasted, whatever its name is, and no other', () => {
    fc.assert(
      fc.property(fc.tuple(anyName, anyName, anyName), (parts) => {
        const column = pasted(ruleYaml(columnName(parts), 'redact'))?.column?.[0];
        expect(column?.parts.map((pattern, index) => pattern.matches(parts[index] ?? ''))).toEqual([true, true, true]);
        expect(column?.parts.map((pattern, index) => pattern.matches(`${parts[index]}x`))).toEqual([
          false,
          false,
          false,
        ]);
      }),
      { numRuns: 500 },
    );
  });

  it('holds nothing that a terminal might obey', () => {
    fc.assert(
      fc.property(fc.tuple(anyName, anyName, anyName), (parts) => {
        expect(ruleYaml(columnName(parts), 'hash')).not.toMatch(/[\p{C}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it.each<MaskMethod>(['redact', 'hash', 'token', 'null', { partial: 'domain' }, { partial: 4 }])(
    'hides by the method it names: %j',
    (method) => {
      expect(pasted(ruleYaml('app.people.email', method))?.with).toEqual(method);
    },
  );

  it('is plain where names are', () => {
    expect(ruleYaml(columnName(['app', 'people', 'dateOfBirth']), { partial: 4 })).toBe(
      '{ column: app.people.dateOfBirth, with: { partial: 4 } }',
    );
  });
});
