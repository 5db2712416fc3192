import { describe, expect, it } from 'vitest';
import { guarding } from '../../src/cli/target-guarding.ts';
import type { Enforcement } from '../../src/core/protocol.ts';
import { compileNamePattern } from '../../src/policy/pattern.ts';
import type { MaskRule, NamePattern, Policy } from '../../src/policy/rules.ts';
import { askRule, policy } from '../policy/examples.ts';

function pattern(source: string): NamePattern {
  const compiled = compileNamePattern(source);
  if (!compiled.ok) throw new Error(compiled.reason);
  return compiled.value;
}

const COLUMN: MaskRule = { column: [pattern('app.t.c')], field: null, detect: null, except: null, with: 'redact' };
const DETECT: MaskRule = { column: null, field: null, detect: ['jwt'], except: null, with: 'redact' };

const masking = (more: Partial<Policy['masking']> = {}): Policy['masking'] => ({
  mode: 'strict',
  inference: 'equality',
  trustedFunctions: [],
  ...more,
});

const ALL: readonly Enforcement[] = ['statement', 'column', 'byte'];

/** What is said, by what it is about: `+` and the note where it is enforced, `-` and the note where not. */
function said(
  policies: readonly Policy[],
  can: readonly Enforcement[] = ALL,
  logins = false,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    guarding(policies, new Set(can), logins).map(({ what, enforced, note }) => [
      what,
      `${enforced ? '+' : '-'} ${note}`,
    ]),
  );
}

describe('what is enforced for a target', () => {
  it('says of masked columns how they are hidden, and what they may be compared for', () => {
    expect(said([policy({ mask: [COLUMN], masking: masking() })])).toMatchObject({
      statements: expect.stringMatching(/^\+/) as string,
      'masked columns': expect.stringMatching(/^\+ .*cannot be followed is refused$/) as string,
      'comparing masked columns': expect.stringMatching(/^\+ only whole values/) as string,
      'values in results': '- shown as the target sends them, except where masks hide them',
      'opaque code': expect.stringMatching(/^\+/) as string,
    });
  });

  it('says what a policy gives up', () => {
    const masks = masking({ mode: 'lenient', inference: 'allow', trustedFunctions: [pattern('app.f')] });
    expect(said([policy({ mask: [COLUMN], masking: masks })])).toMatchObject({
      'masked columns': expect.stringMatching(/hidden as a whole \(mode: lenient\)$/) as string,
      'comparing masked columns': expect.stringMatching(/^- .*inference: allow/) as string,
      'copies of masked values': expect.stringMatching(/^-/) as string,
      'trusted functions': expect.stringMatching(/^-/) as string,
    });
  });

  it('goes by the strictest of the policies that mask, and by no other', () => {
    const loose = policy({ mask: [COLUMN], masking: masking({ mode: 'lenient', inference: 'allow' }) });
    const other = policy({ masking: masking({ inference: 'refuse' }) });
    expect(said([loose, other])['comparing masked columns']).toMatch(/^- /);
    const tight = policy({ mask: [COLUMN], masking: masking({ inference: 'refuse' }) });
    expect(said([loose, tight])).toMatchObject({ 'comparing masked columns': '+ refused (inference: refuse)' });
    expect(said([loose, tight])).not.toHaveProperty('copies of masked values');
  });

  it('says that a target is not opened whose policy needs more than its protocol can do', () => {
    const masks = policy({ mask: [COLUMN, DETECT], masking: masking() });
    expect(said([masks], ['statement'])).toMatchObject({
      'masked columns': expect.stringMatching(/^- .*not opened$/) as string,
      'masks by detectors': expect.stringMatching(/^- .*not opened$/) as string,
    });
    expect(said([masks])['masks by detectors']).toBe('+ hide what they find');
  });

  it('says who can approve, with logins and without', () => {
    const others = { groups: ['dba'], subjects: [], emails: [], count: 1 };
    const careful = [policy({ ask: [askRule({ approvers: others, stepUp: true })] })];
    expect(said(careful)).toMatchObject({
      'other approvers': '+ refused: nobody logs in where hoopctl.yaml has no identity',
      'fresh logins': '+ refused: nobody logs in where hoopctl.yaml has no identity',
      'who approves': expect.stringMatching(/^- .*`approvers: self`/) as string,
      'who asks': expect.stringMatching(/^- .*not verified/) as string,
    });
    expect(said(careful, ALL, true)).toMatchObject({
      'other approvers': '+ people who are logged in, verified with their provider',
      'fresh logins': '+ by a login that is made for the answer',
      'who approves': expect.stringMatching(/^- .*the logins that this user keeps/) as string,
      'who asks': expect.stringMatching(/^\+ verified/) as string,
    });
    expect(Object.keys(said([policy({ default: 'ask' })]))).not.toContain('other approvers');
  });

  it('says nothing of masks where there are none', () => {
    expect(Object.keys(said([policy()])).filter((what) => what.includes('mask'))).toEqual([]);
    expect(said([policy()])['values in results']).toBe('- shown as the target sends them');
  });
});
