import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import { declaredAgent, type Identity } from '../../src/core/identity.ts';
import type { Protocol } from '../../src/core/protocol.ts';
import { type Asked, requireProof, settleTerms } from '../../src/local/terms.ts';
import { UNGUARDED } from '../../src/policy/unguarded.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { createProtocol } from '../../src/protocols/registry.ts';
import { FULL } from '../config/examples.ts';
import { whom } from '../policy/examples.ts';

const somebody: Identity = {
  kind: 'person',
  subject: 'ada',
  issuer: 'os',
  display: 'ada',
  email: null,
  service: null,
  groups: ['staff'],
  verified: false,
  actsFor: null,
};

function speaks(): Protocol {
  const protocol = createProtocol('postgres');
  if (protocol === null) throw new Error('postgres is not there');
  return protocol;
}

const policy = (changes: Partial<Policy>): Policy => ({ ...UNGUARDED, name: 'one', ...changes });
const session = (changes: Partial<Policy['session']>): Partial<Policy> => ({
  session: { ...UNGUARDED.session, ...changes },
});

function settle(policies: readonly Policy[], asked: Partial<Asked> = {}): ReturnType<typeof settleTerms> {
  return settleTerms(policies, speaks(), { target: 'pg', identity: somebody, ttl: null, reason: null, ...asked });
}

describe('the terms of a session', () => {
  it('are the strictest of what its policies say', () => {
    const terms = settle([
      policy({
        ...session({ ttl: 60_000, idle: null }),
        record: { results: 'summary', sync: 'process', input: 'none' },
      }),
      policy({ ...session({ ttl: 90_000, idle: 20_000 }), record: { results: 'full', sync: 'disk', input: 'none' } }),
    ]);
    expect(terms).toMatchObject({ ttl: 60_000, idle: 20_000, results: 'full', sync: 'disk', reason: null });
  });

  it('allow less time than the policies do, and never more', () => {
    expect(settle([policy(session({ ttl: 60_000 }))], { ttl: 30_000 }).ttl).toBe(30_000);
    expect(() => settle([policy(session({ ttl: 60_000 }))], { ttl: 60_001 })).toThrow('allow 1m at most');
    expect(() => settle([policy(session({ ttl: 5_000 }))], { ttl: 60_000 })).toThrow('allow 5s at most');
  });

  it('want a reason where one of the policies does', () => {
    const policies = [policy({}), policy(session({ reason: 'required' }))];
    for (const reason of [null, '', ' \t']) {
      expect(() => settle(policies, { reason })).toThrow('only opened with a reason');
    }
    expect(settle(policies, { reason: ' ticket 7 ' }).reason).toBe('ticket 7');
  });

  it('are made of the policies that apply; none is none at all (R3)', () => {
    const others = policy({ name: 'others', appliesTo: whom({ groups: ['dba'] }) });
    expect(settle([policy({}), others]).policies.map(({ name }) => name)).toEqual(['one']);
    expect(() => settle([others])).toThrow('no policy of pg applies to ada');
    expect(() => settle([])).toThrow('no policy of pg applies to ada');
  });

  it('are none where a policy that was added is not meant for who asks, and it is named', () => {
    const added = policy({ name: 'narrow', besides: true, appliesTo: whom({ groups: ['dba'] }) });
    expect(() => settle([policy({}), added])).toThrow(
      'the policy narrow, which is to hold here besides those of pg, does not apply to ada: it would hold nothing back',
    );
    expect(settle([policy({}), { ...added, appliesTo: whom({ groups: ['staff'] }) }]).policies).toHaveLength(2);
  });

  it('are refused where a policy could not be enforced', () => {
    const masks = policy({ mask: [{ column: null, field: ['/email'], detect: null, except: null, with: 'redact' }] });
    expect(() => settle([policy({}), masks])).toThrow(expect.objectContaining({ code: 'policy.unsupported' }));
  });
});

describe('where the configuration says who vouches', () => {
  const { identity } = parseConfig(FULL, 'f');
  const vouched = { ...somebody, issuer: 'https://idp.example.com', verified: true };

  it.each([
    ['the operating system’s user', somebody],
    ['an agent of that', declaredAgent('bot', somebody)],
    ['an agent of its agent, whatever that says of itself', declaredAgent('a', { ...vouched, actsFor: somebody })],
  ])('%s is refused', (_who, who) => {
    expect(() => requireProof({ identity }, who)).toThrow(
      expect.objectContaining({ code: 'identity.login', hint: 'hoopctl login' }),
    );
    expect(() => requireProof({ identity: null }, who)).not.toThrow();
  });

  it('whom it vouches for is not, and neither are their agents', () => {
    expect(() => requireProof({ identity }, vouched)).not.toThrow();
    expect(() => requireProof({ identity }, declaredAgent('bot', vouched))).not.toThrow();
  });
});
