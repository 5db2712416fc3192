import { describe, expect, it } from 'vitest';
import {
  approval,
  boundOf,
  denial,
  missingFrom,
  PLAIN_DRAFT,
  typedBound,
} from '../../../../src/tui/model/approve/draft.ts';
import { DRY_RUN, PREVIEW, request } from '../../approve/samples.ts';

describe('how often and how long an approval holds', () => {
  it.each([
    ['5 30m', { uses: 5, lasts: 1_800_000 }],
    ['5 times, 30 minutes', { uses: 5, lasts: 1_800_000 }],
    ['5x 30min', { uses: 5, lasts: 1_800_000 }],
    ['1', { uses: 1, lasts: null }],
    [' 1 time 90s ', { uses: 1, lasts: 90_000 }],
    ['10 2h', { uses: 10, lasts: 7_200_000 }],
  ])('is read from %j', (text, bound) => {
    expect(boundOf(text)).toEqual(bound);
    expect(boundOf(typedBound(bound))).toEqual(bound);
  });

  it.each(['', '5', '30m', '0 5m', '5 0m', '5 25h', '1001 5m', '-1', '5 30m; drop', 'for ever', '1e3 5m', '5 30'])(
    'is not made out of %j',
    (text) => {
      expect(typeof boundOf(text)).toBe('string');
    },
  );
});

describe('a reply', () => {
  it('binds what was on the screen, and no more than was chosen', () => {
    const seen = request('a', { preview: PREVIEW });
    expect(approval(seen, PLAIN_DRAFT)).toEqual({
      request: 'a',
      digest: seen.digest,
      verdict: 'approve',
      reason: null,
      uses: 1,
      lasts: null,
      effect: null,
      breakGlass: false,
    });
    expect(approval(seen, { ...PLAIN_DRAFT, bound: true }).effect).toBe(DRY_RUN.effect);
    expect(approval(request('a'), { ...PLAIN_DRAFT, bound: true }).effect).toBeNull();
    expect(denial(seen, ' not now ')).toMatchObject({ verdict: 'deny', reason: 'not now', uses: 1, breakGlass: false });
  });

  it('that overrides needs a reason', () => {
    expect(missingFrom({ ...PLAIN_DRAFT, breakGlass: true, reason: '  ' })).toContain('reason');
    expect(missingFrom({ ...PLAIN_DRAFT, breakGlass: true, reason: 'outage' })).toBeNull();
    expect(missingFrom(PLAIN_DRAFT)).toBeNull();
  });
});
