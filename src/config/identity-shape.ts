import type { ServiceSettings } from '../core/provider.ts';
import { keyed, mapOf, optional, required } from './keyed.ts';
import { type SecretReference, secretReference } from './reference.ts';
import { claimPath, type DraftService, issuer, service } from './service-shape.ts';
import { BAD, type Bad, choice, duration, listOf, quoted, refine, type Shape, text } from './shape.ts';
import { type Node, valueAt } from './tree.ts';

/** Who vouches for people and services, as the file has it: `ProviderSettings`, but for the secret. */
export interface IdentityConfig {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: SecretReference | null;
  readonly scopes: readonly string[];
  readonly groups: readonly string[];
  readonly recheck: number;
  readonly deviceFlow: boolean;
  readonly services: readonly ServiceSettings[];
}

/** RFC 6749, 3.3: printable ASCII but for space, quote and backslash. */
const scope = text({ expected: 'a scope', pattern: '^[!#-\\[\\]-~]+$', longest: 255 });

const scopes: Shape<readonly string[]> = refine(listOf(scope, 'list of scopes'), (value, node, report, path) => {
  const twice = value.find((one, index) => value.indexOf(one) !== index);
  if (twice !== undefined) return report.add(node.at, `${path}: ${quoted(twice)} stands here twice`);
  if (value.includes('openid')) return value;
  return report.add(node.at, `${path} lacks "openid", without which nobody says who logs in`);
});

/** A timer below a second would do nothing but ask, and whoever has left should not be believed for longer than a day. */
const SHORTEST = 1000;
const LONGEST = 24 * 3_600_000;

const recheck: Shape<number> = refine(duration(), (value, node, report, path) => {
  if (value >= SHORTEST && value <= LONGEST) return value;
  return report.add(node.at, `${path} is longer than 24h`);
});

const DEFAULT_SCOPES = ['openid', 'profile', 'email', 'offline_access'];
const DEFAULT_RECHECK = 5 * 60_000;

const keys = keyed(
  {
    issuer: required(issuer, 'The OpenID Connect issuer.'),
    client_id: required(text({ longest: 255 }), 'The client that hoopctl is registered as.'),
    client_secret: optional(secretReference, null, "Where the client's secret is kept. Left out: it has none."),
    scopes: optional(
      scopes,
      DEFAULT_SCOPES,
      'What a login asks for. Left out: openid, profile, email, offline_access.',
    ),
    groups: optional(
      claimPath,
      ['groups'],
      'The claim that lists groups, such as realm_access.roles. Left out: groups.',
    ),
    recheck: optional(recheck, DEFAULT_RECHECK, 'How long what the issuer said of somebody is believed. Left out: 5m.'),
    device_flow: optional(
      choice(['allow', 'deny'], 'word'),
      'allow' as const,
      'Whether people may log in with a code on another device. Left out: allow.',
    ),
    services: optional(
      mapOf(service, 'services by name'),
      new Map<string, DraftService>(),
      'Tokens that stand for a service, by the name that policies have for it.',
    ),
  },
  { what: '{ issuer, client_id }' },
);

/** The key `identity`. */
export const identity: Shape<IdentityConfig> = refine(keys, (value, node, report, path): IdentityConfig | Bad => {
  const { client_id: clientId, client_secret: clientSecret, device_flow: deviceFlow, ...rest } = value;
  const services = [...value.services].map(([name, one]) => ({ ...one, name, issuer: one.issuer ?? value.issuer }));
  const confused = services.filter((one) => isMainAudience(one, value.issuer, clientId));
  for (const { name } of confused) {
    report.add(
      audienceOf(node, name).at,
      `${path}.services.${name}.audience is the client's own: whoever logs in would have tokens of the service`,
    );
  }
  return confused.length > 0 ? BAD : { ...rest, clientId, clientSecret, deviceFlow: deviceFlow === 'allow', services };
});

/** What stands at the end of an issuer makes it another one, but two that differ in nothing else are a slip. */
function isMainAudience(one: ServiceSettings, main: string, clientId: string): boolean {
  return one.audience === clientId && one.issuer.replace(/\/$/u, '') === main.replace(/\/$/u, '');
}

function audienceOf(node: Node, service_: string): Node {
  const services = valueAt(node, 'services') ?? node;
  return valueAt(valueAt(services, service_) ?? services, 'audience') ?? node;
}
