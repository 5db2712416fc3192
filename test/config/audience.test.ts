import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load.ts';
import type { Policy } from '../../src/policy/rules.ts';
import { minimal, problems } from './examples.ts';

const IDENTITY = 'identity: { issuer: https://idp.example.com, client_id: hoopctl }';
const filed = (policy: string): string => minimal({ policy, more: IDENTITY });
const audience = (keys: string): string => filed(`{ default: allow, applies_to: { ${keys} } }`);
const asking = (who: string): string => filed(`{ default: allow, ask: [{ action: drop, approvers: ${who} }] }`);

function policyOf(text: string): Policy {
  const policy = parseConfig(text, 'f').policies.get('p');
  if (policy === undefined) throw new Error('there is no policy p');
  return policy;
}

describe('whom a policy is for', () => {
  it('is taken as written, but for the case of ASCII letters in addresses', () => {
    const text = audience(
      'groups: ["cn=dba,ou=db", __proto__], subjects: [U-1, constructor], emails: [Ada@Example.COM, "\\u212Aim@x.io"]',
    );
    expect(policyOf(text).appliesTo).toEqual({
      groups: ['cn=dba,ou=db', '__proto__'],
      subjects: ['U-1', 'constructor'],
      emails: ['ada@example.com', '\u212Aim@x.io'],
      services: null,
      agents: null,
    });
  });

  it.each([
    ['nobody', '', 'needs at least one of groups, subjects, emails, services, agents'],
    ['no groups', 'groups: []', 'applies_to.groups is an empty list'],
    ['no subjects', 'subjects: []', 'applies_to.subjects is an empty list'],
    ['no addresses', 'emails: []', 'applies_to.emails is an empty list'],
    ['no services', 'services: []', 'applies_to.services is an empty list'],
    ['no agents', 'agents: []', 'applies_to.agents is an empty list'],
    ['an empty group', 'groups: [""]', 'applies_to.groups[0] is empty'],
    ['a blank group', 'groups: [a, " "]', 'applies_to.groups[1] is empty'],
    ['a group with space at its end', 'groups: ["dba "]', 'begins or ends with white space'],
    ['a group with a NUL', 'groups: ["dba\\0x"]', 'holds a control character or a line break'],
    ['a group with a line break', 'groups: ["dba\\nops"]', 'holds a control character or a line break'],
    ['a group that is a number', 'groups: [7]', 'found a number (put it in quotes if it is a name)'],
    ['groups that are no list', 'groups: dba', 'applies_to.groups: expected a list in brackets'],
    [
      'a key that is misspelt',
      'email: [a@x.io]',
      'unknown key "email" in policies.p.applies_to: did you mean "emails"?',
    ],
    ['a pattern of addresses', 'emails: ["*@example.com"]', 'is compared as it stands: name a group'],
    ['a domain', 'emails: ["@example.com"]', 'applies_to.emails[0]: expected an e-mail address'],
    ['two addresses in one', 'emails: ["a@x.io,b@x.io"]', 'applies_to.emails[0]: expected an e-mail address'],
    ['an address with a space', 'emails: ["a b@x.io"]', 'applies_to.emails[0]: expected an e-mail address'],
    ['no agent, and nobody else', 'agents: none', '12:35 policies.p.applies_to is for nobody: say whom it is for'],
  ])('is an error with %s (R3)', (_what, keys, expected) => {
    expect(problems(audience(keys)).join('\n')).toContain(expected);
  });
});

describe('who may approve', () => {
  it('is groups, subjects and addresses, as many of them as is said', () => {
    const text = asking('{ groups: [dba], subjects: [u-1], emails: [Ada@x.io], count: 3 }');
    const expected = { groups: ['dba'], subjects: ['u-1'], emails: ['ada@x.io'], count: 3 };
    expect(policyOf(text).ask[0]?.approvers).toEqual(expected);
    const alone = { groups: [], subjects: [], emails: ['ada@x.io'], count: 1 };
    expect(policyOf(asking('{ emails: [ada@x.io] }')).ask[0]?.approvers).toEqual(alone);
    const glass = filed('{ default: allow, ask: [{ action: drop, break_glass: { subjects: [u-1] } }] }');
    expect(policyOf(glass).ask[0]?.breakGlass).toEqual({ groups: [], subjects: ['u-1'], emails: [], count: 1 });
  });

  it.each([
    ['nobody', '{}', 'approvers needs at least one of groups, subjects, emails'],
    ['a number of nobody', '{ count: 2 }', 'approvers needs at least one of groups, subjects, emails'],
    ['no groups', '{ groups: [] }', 'approvers.groups is an empty list'],
    ['no addresses', '{ groups: [a], emails: [] }', 'approvers.emails is an empty list'],
    ['more than are named', '{ subjects: [a], emails: [a@x.io, A@X.io], count: 3 }', 'approvers asks for 3 of 2'],
    ['agents', '{ agents: any }', 'unknown key "agents" in policies.p.ask[0].approvers: known are groups, subjects'],
    ['services', '{ services: [ci] }', 'unknown key "services"'],
    ['a word', 'anybody', 'approvers: expected "self", or { groups, subjects, emails, count }, found text'],
    ['a list', '[dba]', 'expected "self", or { groups, subjects, emails, count }, found a list'],
  ])('is an error with %s (R3)', (_what, who, expected) => {
    expect(problems(asking(who)).join('\n')).toContain(expected);
  });

  it('may be more of a group than anybody is named', () => {
    expect(problems(asking('{ groups: [dba], subjects: [a], count: 5 }'))).toEqual([]);
  });
});
