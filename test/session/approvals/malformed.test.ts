import { describe, expect, it } from 'vitest';
import type { Answer, ApprovalRequest } from '../../../src/core/request.ts';
import { LONGEST_GRANT, LONGEST_REASON, MOST_USES } from '../../../src/core/request.ts';
import { malformation } from '../../../src/session/approvals/malformed.ts';
import { answerTo } from '../asking.ts';
import { HandClock } from '../bench.ts';
import { askedFor, opened, setClock } from './petition.ts';

const clock = new HandClock();
setClock(clock);
const request = opened(clock).approver.draft(askedFor('delete from users'), 1);
const tried: ApprovalRequest = {
  ...request,
  preview: {
    estimate: 1,
    dryRun: { rows: 1, effect: 'e', repeatable: true, tables: [], sample: null, undoable: false },
    withheld: null,
  },
};

const wrong = (with_: Partial<Answer>, of = request): string | null => malformation(answerTo(of, with_), of);
const later = (milliseconds: number): string => new Date(Date.parse(request.expires) + milliseconds).toISOString();

describe('an answer', () => {
  it('that is plain has nothing wrong with it', () => {
    expect([wrong({}), wrong({ uses: MOST_USES, until: later(LONGEST_GRANT) })]).toEqual([null, null]);
    expect(wrong({ verdict: 'deny', reason: 'no' })).toBeNull();
    expect(wrong({ reason: 'fine — «größer» 🙂' })).toBeNull();
  });

  it.each([0, -1, -0, 1.5, 1e9, MOST_USES + 1, Number.NaN, Infinity, -Infinity, Number.MAX_SAFE_INTEGER + 1, 1e-9])(
    'does not hold %d times',
    (uses) => void expect(wrong({ uses })).toMatch(/from 1 to 1000/),
  );

  it.each([
    'tomorrow',
    '',
    'NaN',
    '2026-01-01',
    '2026-01-01T00:10:00Z',
    '2026-01-01T00:10:00.000+00:00',
    '2026-02-30T00:00:00.000Z',
    '+010000-01-01T00:00:00.000Z',
    '9999-12-31T23:59:59.999Z',
    '1970-01-01T00:00:00.000Z',
    '2025-12-31T23:59:59.999Z',
    later(LONGEST_GRANT + 1),
  ])('does not hold until %j', (until) => void expect(wrong({ until })).toBe('it may hold for a day at most'));

  it.each(['', 'now', 'Invalid Date', '2026-01-01T00:00:00Z', '٢٠٢٦-01-01T00:00:00.000Z'])(
    'was not given at %j',
    (at) => void expect(wrong({ at })).toMatch(/when it was given/),
  );

  it.each([
    'x'.repeat(LONGEST_REASON + 1),
    'two\nlines',
    'red \u001b[31m',
    'right \u202e to left',
    'zero\u200bwidth',
    'nul\0',
    '\u2028',
    '\ud800',
  ])('has no such reason: %j', (reason) => {
    expect(wrong({ reason })).toMatch(/plain text/);
    expect(wrong({ reason, verdict: 'deny' })).toMatch(/plain text/);
  });

  it.each([null, '', '   '])('that denies, or breaks the glass, gives a reason, and not %j', (reason) => {
    expect(wrong({ verdict: 'deny', reason })).toMatch(/denial needs a reason/);
    expect(wrong({ breakGlass: true, reason })).toMatch(/breaking the glass needs a reason/);
  });

  it('that names an effect names the one that was shown, for one use', () => {
    expect(wrong({ effect: 'e' }, tried)).toBeNull();
    expect(wrong({ effect: 'f' }, tried)).toMatch(/not the one that was shown/);
    expect(wrong({ effect: 'e' })).toMatch(/not the one that was shown/);
    expect(wrong({ effect: 'e', uses: 2 }, tried)).toMatch(/once only/);
  });
});
