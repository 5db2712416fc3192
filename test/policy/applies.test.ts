import { describe, expect, it } from 'vitest';
import { declaredAgent, type Identity } from '../../src/core/identity.ts';
import { holdAlike, layersFor, notMeant, policiesFor } from '../../src/policy/applies.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { person, policy, whom } from './examples.ts';

type Whom = Parameters<typeof whom>[0];

const ada: Identity = { ...person, issuer: 'https://idp.example', email: 'ada@example.com', verified: true };
const service: Identity = {
  ...ada,
  kind: 'service',
  subject: 'u-1',
  service: 'nightly',
  email: null,
  groups: ['jobs'],
};
const client: Identity = { ...service, service: null };
const bot = declaredAgent('bot', ada);

const holds = (to: Whom | null, who: Identity): boolean =>
  policiesFor([policy({ appliesTo: to === null ? null : whom(to) })], who).length > 0;

describe('a policy holds for people', () => {
  it.each<[string, Whom | null, boolean]>([
    ['of everybody', null, true],
    ['of a group', { groups: ['dba', 'engineering'] }, true],
    ['of another group', { groups: ['dba'] }, false],
    ['of a group written otherwise', { groups: ['Engineering'] }, false],
    ['of a group in a list written as one', { groups: ['dba,engineering', 'engineering '] }, false],
    ['by subject', { subjects: ['u-1'] }, true],
    ['not by a subject written otherwise', { subjects: ['U-1'] }, false],
    ['by verified address, whatever the case of ASCII letters', { emails: ['Ada@Example.COM'] }, true],
    ['not by a part of an address', { emails: ['ada@example.co', 'da@example.com', '@example.com', '*'] }, false],
    ['not by an address as a subject', { subjects: ['ada@example.com'] }, false],
    ['not by what they are displayed as', { subjects: ['Ada'], groups: ['Ada'] }, false],
    ['not as agents', { agents: 'any' }, false],
    ['not as a service', { services: ['u-1', 'nightly'] }, false],
    ['of a group, whatever it says of agents', { groups: ['engineering'], agents: 'none' }, true],
  ])('%s', (_how, to, expected) => {
    expect(holds(to, ada)).toBe(expected);
  });

  it('without an address never by one', () => {
    expect(holds({ emails: ['null', ''] }, { ...ada, email: null })).toBe(false);
  });

  it.each([
    ['a Kelvin sign', 'k@example.com', '\u212A@example.com'],
    ['a long s', 's@example.com', '\u017F@example.com'],
    ['a dotted capital I', 'i\u0307@example.com', '\u0130@example.com'],
    ['a sharp s', 'ss@example.com', '\u1E9E@example.com'],
    ['a capital that only Unicode lowers', '\u00E9@example.com', '\u00C9@example.com'],
    ['a Cyrillic letter', 'ada@example.com', '\u0430d\u0430@example.com'],
    ['a composed letter', '\u00E9@example.com', 'e\u0301@example.com'],
  ])('of no other address that looks like theirs or folds to it: %s', (_what, one, other) => {
    expect(holds({ emails: [one] }, { ...ada, email: other })).toBe(false);
    expect(holds({ emails: [other] }, { ...ada, email: one })).toBe(false);
    expect(holds({ emails: [one] }, { ...ada, email: one })).toBe(true);
  });

  it.each(['__proto__', 'constructor', 'toString', '', ' engineering', 'engineering\0', 'engineering,dba'])(
    'of no group but the very one that is written: %j',
    (group) => {
      expect(holds({ groups: ['dba'] }, { ...ada, groups: [group] })).toBe(false);
      expect(holds({ groups: [group] }, ada)).toBe(false);
      expect(holds({ groups: [group] }, { ...ada, groups: [group] })).toBe(true);
    },
  );
});

describe('a policy holds for services', () => {
  it.each<[string, Whom, Identity, boolean]>([
    ['by the name they are declared under', { services: ['nightly'] }, service, true],
    ['not under another', { services: ['nightly '] }, service, false],
    ['not by the subject that another issuer gave them', { subjects: ['u-1'] }, service, false],
    ['by the groups of their entry', { groups: ['jobs'] }, service, true],
    ['not by an address', { emails: ['ada@example.com'] }, { ...service, email: 'ada@example.com' }, false],
    ['by subject where they are not declared', { subjects: ['u-1'] }, client, true],
    ['not as a declared one where they are not', { services: ['u-1', 'null'] }, client, false],
    ['not as agents', { agents: 'any' }, service, false],
  ])('%s', (_how, to, who, expected) => {
    expect(holds(to, who)).toBe(expected);
  });
});

describe('a policy admits agents', () => {
  it.each<[string, Whom | null, boolean]>([
    ['as it does everybody', null, true],
    ['of whom it is for, when it says nothing of agents', { groups: ['engineering'] }, true],
    ['of those by address', { emails: ['ada@example.com'] }, true],
    ['any', { agents: 'any', subjects: ['u-1'] }, true],
    ['by name', { agents: ['bot'], subjects: ['u-1'] }, true],
    ['not others', { agents: ['bob', 'Bot'], subjects: ['u-1'] }, false],
    ['not where it is for none', { agents: 'none', subjects: ['u-1'] }, false],
    ['not of others', { groups: ['dba'] }, false],
    ['not where none holds for whom they act for', { agents: 'any' }, false],
  ])('%s', (_how, to, expected) => {
    expect(holds(to, bot)).toBe(expected);
  });

  it('never by a subject or group of their own', () => {
    expect(holds({ subjects: ['bot'] }, bot)).toBe(false);
    expect(holds({ groups: ['dba'] }, { ...bot, groups: ['dba'] })).toBe(false);
    const named = declaredAgent('u-2', ada);
    expect(holds({ subjects: ['u-2'] }, named)).toBe(false);
  });

  it('never when they act for nobody', () => {
    for (const to of [null, { agents: 'any' as const }, { agents: ['bot'] }, { subjects: ['bot'] }]) {
      expect(holds(to, { ...bot, actsFor: null })).toBe(false);
    }
  });
});

describe('the policies of an agent', () => {
  const everybody = policy({ name: 'everybody' });
  const own = policy({ name: 'own', appliesTo: whom({ groups: ['engineering'], agents: 'none' }) });
  const admitting = policy({ name: 'admitting', appliesTo: whom({ agents: ['bot'] }) });
  const foreign = policy({ name: 'foreign', appliesTo: whom({ groups: ['dba'] }) });
  const all = [admitting, own, everybody, foreign];
  const names = (some: readonly Policy[]): readonly string[] => some.map(({ name }) => name);

  it('are those of whom it acts for, those that keep agents out included, and those that admit it', () => {
    expect(names(policiesFor(all, ada))).toEqual(['own', 'everybody']);
    expect(names(policiesFor(all, bot))).toEqual(['admitting', 'own', 'everybody']);
  });

  it('hold in layers of their own, of which one that says the same again is left out', () => {
    expect(layersFor(all, bot).map(names)).toEqual([
      ['own', 'everybody'],
      ['admitting', 'everybody'],
    ]);
    expect(layersFor([everybody, foreign], bot).map(names)).toEqual([['everybody']]);
  });

  it('are none when only its person has any, or only itself', () => {
    expect(policiesFor([own], bot)).toEqual([]);
    expect(policiesFor([admitting], bot)).toEqual([]);
  });

  it('of another agent are those of both, and of whom these act for', () => {
    const helper = declaredAgent('helper', bot);
    expect(names(policiesFor(all, helper))).toEqual(['admitting', 'own', 'everybody']);
    expect(policiesFor([own, admitting], helper)).toEqual([]);
    expect(layersFor([everybody, admitting], helper).map(names)).toEqual([['everybody'], ['everybody', 'admitting']]);
  });

  it('hold otherwise once its person has lost one that admits it, though they are the same', () => {
    const shared = policy({ name: 'shared', appliesTo: whom({ groups: ['dba'], agents: 'any' }) });
    const before = declaredAgent('bot', { ...ada, groups: ['dba'] });
    expect(policiesFor([everybody, shared], before)).toEqual(policiesFor([everybody, shared], bot));
    expect(holdAlike([everybody, shared], before, bot)).toBe(false);
    expect(holdAlike([everybody, shared], bot, declaredAgent('bot', { ...ada, groups: ['others'] }))).toBe(true);
  });
});

describe('policies that are added besides those of a target', () => {
  const own = policy({ name: 'own' });
  const added = (name: string, to: Whom | null = null): Policy =>
    policy({ name, besides: true, appliesTo: to === null ? null : whom(to) });
  const names = (layers: readonly (readonly Policy[])[]): readonly (readonly string[])[] =>
    layers.map((layer) => layer.map(({ name }) => name));

  it('are a layer more, also when they are the same', () => {
    expect(names(layersFor([own, added('more'), added('own')], ada))).toEqual([['own'], ['more', 'own']]);
  });

  it('hold for an agent when they are meant for it, or for whom it acts for', () => {
    for (const to of [{ agents: ['bot'] }, { groups: ['engineering'] }])
      expect(names(layersFor([own, added('more', to)], bot))).toEqual([['own'], ['more']]);
    expect(names(layersFor([own, added('more', { agents: ['other'] })], bot))).toEqual([]);
  });

  it('leave nothing that may be done where one of them is not meant', () => {
    const all = [own, added('meant'), added('other', { groups: ['dba'] })];
    expect(policiesFor(all, ada)).toEqual([]);
    expect(notMeant(all, ada)?.name).toBe('other');
    expect(notMeant(all, { ...ada, groups: ['dba'] })).toBeNull();
  });

  it('do not stand in for those of the target', () => {
    expect(policiesFor([policy({ appliesTo: whom({ groups: ['dba'] }) }), added('more')], ada)).toEqual([]);
  });

  it('hold otherwise for whom they are not meant any more', () => {
    const all = [own, added('more', { groups: ['engineering'] })];
    expect(holdAlike(all, ada, { ...ada, groups: ['engineering', 'others'] })).toBe(true);
    expect(holdAlike(all, ada, { ...ada, groups: ['others'] })).toBe(false);
  });
});
