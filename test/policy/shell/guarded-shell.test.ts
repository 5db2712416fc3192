import { describe, expect, it } from 'vitest';
import { decide } from '../../../src/policy/decide.ts';
import type { Policy } from '../../../src/policy/rules.ts';
import { opening, touch } from '../../commands.ts';
import { analysisOf, person } from '../examples.ts';
import { rule, SENSIBLE } from './judging.ts';

const OPEN: Policy = { ...SENSIBLE, deny: [], ask: [], allow: [rule({ channel: ['shell', 'subsystem'] })] };
const SCOPE: Policy['scope'] = { schemas: null, namespaces: null, paths: null, directories: ['/srv'] };

const on = (effect: ReturnType<typeof opening>, policy: Policy): string =>
  decide({
    analysis: analysisOf([effect]),
    identity: person,
    policies: [policy],
    database: '',
    temporarySchema: null,
  }).verdict;

describe('a shell whose lines are decided one by one', () => {
  it.each<[bound: string, policy: Partial<Policy>]>([
    ['a scope', { scope: SCOPE }],
    ['access to read alone', { access: 'read-only' }],
  ])('is opened under %s, which no other shell and no subsystem is', (_, bound) => {
    expect(on(opening('shell'), { ...OPEN, ...bound })).toBe('deny');
    expect(on(opening('shell'), { ...OPEN, ...bound, shell: 'guarded' })).toBe('allow');
    expect(on(opening('subsystem'), { ...OPEN, ...bound, shell: 'guarded' })).toBe('deny');
  });

  it('is off all the same where no rule opens it', () => {
    expect(on(opening('shell'), { ...OPEN, allow: [], scope: SCOPE, shell: 'guarded' })).toBe('deny');
  });

  it('completes names that may be read, and nothing outside of the scope', () => {
    const list = (path: string) =>
      touch('list', path, null, { command: { channel: 'shell', program: null, args: [] } });
    const reading: Policy = { ...OPEN, access: 'read-only', scope: SCOPE, shell: 'guarded' };
    expect(on(list('/srv/app'), reading)).toBe('allow');
    expect(on(list('/etc'), reading)).toBe('deny');
    expect(on({ ...list('/srv/app'), action: 'write' }, reading)).toBe('deny');
  });
});
