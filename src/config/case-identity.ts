import type { Identity } from '../core/identity.ts';
import type { ServiceSettings } from '../core/provider.ts';
import { email } from './audience-shape.ts';
import { keyed, optional } from './keyed.ts';
import { type Bad, choice, listOf, quoted, refine, type Shape, text } from './shape.ts';
import { suggestion } from './suggest.ts';
import { type Node, valueAt } from './tree.ts';

interface Written {
  readonly kind: Identity['kind'] | null;
  readonly subject: string;
  readonly email: string | null;
  readonly groups: readonly string[] | null;
  readonly service: string | null;
  readonly for: Identity | null;
}

/**
 * Who asks in a case, in the form that an identity has once it is proven. An agent says whom it acts for, and has nothing
 * of its own but a name; a declared service has the groups of its entry in `services`.
 */
export function caseIdentity(services: readonly ServiceSettings[]): Shape<Identity> {
  const name = text({ longest: 255 });
  // An agent may act for an agent: by the time it is read, this shape is there.
  const another: Shape<Identity> = {
    expected: 'whom it acts for',
    schema: {},
    read: (node, report, path) => whole.read(node, report, path),
  };
  const keys = keyed(
    {
      kind: optional(choice(['person', 'service', 'agent'], 'kind'), null, 'Who or what asks. Left out: a person.'),
      subject: optional(name, 'case', 'Its stable name.'),
      email: optional(email, null, 'Its verified address.'),
      groups: optional(listOf(name), null, 'Groups it is in.'),
      service: optional(name, null, 'One of identity.services.'),
      for: optional(another, null, 'Whom an agent acts for.'),
    },
    { what: 'an identity', atLeastOne: ['kind', 'subject', 'email', 'groups', 'service'] },
  );
  const whole: Shape<Identity> = refine(keys, (value, node, report, path) =>
    identityOf(value, services, (key, message) => report.add(placeOf(node, key), `${path}${message}`)),
  );
  return whole;
}

type Complain = (key: keyof Written, message: string) => Bad;

function identityOf(value: Written, services: readonly ServiceSettings[], complain: Complain): Identity | Bad {
  const kind = value.kind ?? (value.service === null ? 'person' : 'service');
  if (kind !== 'agent' && value.for !== null) return complain('for', '.for: only an agent acts for somebody');
  if (kind !== 'service' && value.service !== null) return complain('service', `.service: a service is no ${kind}`);
  if (kind !== 'person' && value.email !== null) return complain('email', '.email: policies know people by it only');
  const identity: Identity = {
    kind,
    subject: value.subject,
    issuer: 'case',
    display: value.subject,
    email: value.email,
    service: value.service,
    groups: value.groups ?? [],
    verified: true,
    actsFor: value.for,
  };
  if (kind === 'agent') return agentOf(identity, complain);
  return value.service === null ? identity : serviceOf(identity, value, services, complain);
}

function agentOf(identity: Identity, complain: Complain): Identity | Bad {
  if (identity.groups.length > 0) return complain('groups', '.groups: an agent is in the groups of whom it acts for');
  if (identity.actsFor !== null) return identity;
  return complain('kind', ' needs "for": say whom the agent acts for, such as for: { groups: [engineering] }');
}

function serviceOf(
  identity: Identity,
  { service, groups }: Written,
  services: readonly ServiceSettings[],
  complain: Complain,
): Identity | Bad {
  const declared = services.find(({ name }) => name === service);
  if (declared === undefined) {
    const known = services.map(({ name }) => name);
    const advice = known.length === 0 ? ': declare it in identity.services' : suggestion(service ?? '', known);
    return complain('service', `.service: unknown service ${quoted(service ?? '')}${advice}`);
  }
  if (groups !== null) return complain('groups', `.groups: those of ${declared.name} stand in identity.services`);
  return { ...identity, groups: declared.groups };
}

function placeOf(node: Node, key: string): Node['at'] {
  return (valueAt(node, key) ?? node).at;
}
