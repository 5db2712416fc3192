import { foldedAddress } from '../core/identity.ts';
import type { Approvers } from '../core/request.ts';
import type { Policy } from '../policy/rules.ts';
import { keyed, optional } from './keyed.ts';
import { type Bad, choice, integer, listOf, mismatch, refine, type Shape, text } from './shape.ts';

const names = listOf(text({ longest: 255 }));

/** An address, as RFC 5321 bounds it, with ASCII letters in lower case. No part of an address is a pattern: whoever may register one would choose one that fits. */
export const email: Shape<string> = refine(
  text({
    expected: 'an e-mail address',
    longest: 254,
    check: (value) => (value.includes('*') ? 'is compared as it stands: name a group for more than one person' : null),
    pattern: '^[^\\s@*]+@[^\\s@*]+$',
  }),
  foldedAddress,
);

const people = {
  groups: names,
  subjects: names,
  emails: listOf(email, 'list of addresses'),
} as const;

const agentWord = choice(['any', 'none'], 'word');

const agents: Shape<'any' | 'none' | readonly string[]> = {
  expected: '"any", "none", or a list of agents',
  schema: { anyOf: [{ enum: ['any', 'none'] }, names.schema] },
  read(node, report, path) {
    if (node.kind === 'list') return names.read(node, report, path);
    if (node.kind !== 'scalar' || typeof node.value !== 'string') return mismatch(node, report, path, this.expected);
    return agentWord.read(node, report, path);
  },
};

/** Whom a policy is for: the key `applies_to`. */
export const appliesTo: Shape<NonNullable<Policy['appliesTo']>> = refine(
  keyed(
    {
      groups: optional(people.groups, null, 'Members of any of these groups.'),
      subjects: optional(people.subjects, null, 'Exactly these people and services.'),
      emails: optional(people.emails, null, 'People with exactly these addresses, as their issuer has verified them.'),
      services: optional(names, null, 'These of identity.services.'),
      agents: optional(agents, null, 'Agents: any, none, or these. Left out: an agent is taken for whom it acts for.'),
    },
    { what: 'whom the policy is for', atLeastOne: ['groups', 'subjects', 'emails', 'services', 'agents'] },
  ),
  (value, node, report, path) => {
    const { agents: admitted, ...others } = value;
    if (admitted !== 'none' || Object.values(others).some((one) => one !== null)) return value;
    return report.add(node.at, `${path} is for nobody: say whom it is for besides agents`);
  },
);

const WHO = '"self", or { groups, subjects, emails, count }';

const others: Shape<Exclude<Approvers, 'self'>> = refine(
  keyed(
    {
      groups: optional(people.groups, [], 'Groups whose members may approve.'),
      subjects: optional(people.subjects, [], 'People who may approve.'),
      emails: optional(people.emails, [], 'People who may approve, by address, as their issuer has verified it.'),
      count: optional(integer(1, 10), 1, 'How many of them must.'),
    },
    { what: WHO, atLeastOne: ['groups', 'subjects', 'emails'] },
  ),
  (value, node, report, path) => {
    const named = new Set([...value.subjects, ...value.emails]).size;
    if (value.groups.length > 0 || value.count <= named) return value;
    return report.add(node.at, `${path} asks for ${value.count} of ${named}: name more people, or a group`);
  },
);

/** Who may say yes. */
export const approvers: Shape<Approvers> = {
  expected: WHO,
  schema: { anyOf: [{ const: 'self' }, others.schema] },
  read(node, report, path): Approvers | Bad {
    if (node.kind === 'map') return others.read(node, report, path);
    if (node.kind === 'scalar' && node.value === 'self') return 'self';
    return mismatch(node, report, path, WHO);
  },
};
