import { describe, expect, it } from 'vitest';
import { type Detection, openDetection } from '../../../../src/policy/mask/detect/detection.ts';
import type { MaskRule, Policy } from '../../../../src/policy/rules.ts';
import { name, policy } from '../../examples.ts';

const look = (detect: readonly string[], with_: MaskRule['with'], except: string | null = null): Policy =>
  policy({
    mask: [{ column: null, field: null, detect, except: except === null ? null : [name(except)], with: with_ }],
  });
const opened = (...layers: readonly (readonly Policy[])[]): Detection => {
  const detection = openDetection(layers, (method) => method);
  if (detection === null) throw new Error('nothing is looked for');
  return detection;
};
const shown = (detection: Detection, text: string): string =>
  detection.masked(Buffer.from(text), 0, Buffer.byteLength(text))?.toString() ?? text;

const TEXT = 'from ada@example.com with 4111 1111 1111 1111';
const emails = look(['email'], { partial: 'domain' });
const cards = look(['credit-card'], { partial: 4 });

describe('what layers of policies look for', () => {
  it('is masked as one layer says when only one looks for anything, or all for the same', () => {
    const expected = 'from [redacted]@example.com with 4111 1111 1111 1111';
    expect(shown(opened([emails]), TEXT)).toBe(expected);
    expect(shown(opened([emails], [policy()]), TEXT)).toBe(expected);
    expect(shown(opened([policy()], [emails, policy()], [emails]), TEXT)).toBe(expected);
  });

  it('is all of what they look for, with no part of it shown, when they look for different things', () => {
    const expected = 'from [redacted] with [redacted]';
    expect(shown(opened([emails], [cards]), TEXT)).toBe(expected);
    expect(shown(opened([cards], [emails, cards]), TEXT)).toBe(expected);
    expect(shown(opened([emails], [look(['email'], 'hash')]), TEXT)).toBe('from [redacted] with 4111 1111 1111 1111');
  });

  it('is shown nowhere but where every layer leaves it out', () => {
    const here = { schema: 'app', relation: 'users', column: 'contact' };
    const detection = opened([look(['email'], 'redact', 'app.users.contact')], [look(['email'], 'redact')]);
    expect(detection.activeIn(here)).toEqual([false, true]);
  });

  it('is nothing when none looks for anything', () => {
    expect(openDetection([[policy()], []], (method) => method)).toBeNull();
    expect(openDetection([], (method) => method)).toBeNull();
  });
});
