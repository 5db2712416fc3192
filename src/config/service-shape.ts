import type { ServiceSettings } from '../core/provider.ts';
import { isUniversal } from '../policy/pattern.ts';
import type { Pattern } from '../policy/rules.ts';
import { keyed, optional, required } from './keyed.ts';
import { namePart } from './rule/names.ts';
import { BAD, type Bad, listOf, mismatch, oneOrMore, quoted, refine, type Shape, text } from './shape.ts';

type Condition = ServiceSettings['claims'][number];

/** A service before it has its name, and an issuer where it says none. */
export interface DraftService {
  readonly issuer: string | null;
  readonly audience: string;
  readonly claims: readonly Condition[];
  readonly groups: readonly string[];
}

/** As the login itself takes them: no other address of this machine, and no name that only resolves to it. */
const LOOPBACK: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]']);

const ISSUER = 'an https URL, or http on loopback';

/** An OpenID Connect issuer. Compared as it stands, so that nothing of it is put into another form. */
export const issuer: Shape<string> = text({
  expected: ISSUER,
  pattern: "^https?://[A-Za-z0-9._~:\\[\\]-]+(/[A-Za-z0-9._~!$&'()*+,;=:%/-]*)?$",
  check(value) {
    if (/[?#]/u.test(value)) return 'holds a query or a fragment, which no issuer has';
    if (/^[a-z]+:\/\/[^/]*@/iu.test(value)) return 'holds credentials, which no issuer has';
    if (value.includes('/.well-known/')) return 'names a document: leave out what begins with "/.well-known/"';
    if (!URL.canParse(value)) return `is no URL: expected ${ISSUER}`;
    const { protocol, hostname } = new URL(value);
    return protocol === 'http:' && !LOOPBACK.has(hostname)
      ? `is http, which anybody on the way can change: expected ${ISSUER}`
      : null;
  },
});

/** A claim by its name, or by the names that lead to it joined by dots, as steps. */
export const claimPath: Shape<readonly string[]> = refine(
  text({ expected: 'the name of a claim', longest: 255, check: claimFault }),
  (value) => value.split('.'),
);

function claimFault(name: string): string | null {
  return name.split('.').includes('') ? 'has an empty part: check the dots' : null;
}

/** What everything matches is no condition. */
const pattern: Shape<Pattern> = refine(namePart, (value, node, report, path) =>
  isUniversal(value) ? report.add(node.at, `${path} matches everything: say what it must be`) : value,
);
const patterns = oneOrMore(pattern);

/** Claims that have keys of their own. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  iss: 'has a key of its own: issuer',
  aud: 'has a key of its own: audience',
  sub: 'has a key of its own: subject',
};

const conditions: Shape<readonly Condition[]> = {
  expected: 'claims with what they must be',
  schema: { type: 'object', minProperties: 1, additionalProperties: patterns.schema },
  read(node, report, path) {
    if (node.kind !== 'map') return mismatch(node, report, path, this.expected);
    if (node.entries.length === 0) return report.add(node.at, `${path} is empty: expected ${this.expected}`);
    const found: (Condition | Bad)[] = node.entries.map(({ key, keyAt, value }) => {
      const fault = Object.hasOwn(ELSEWHERE, key) ? ELSEWHERE[key] : claimFault(key);
      if (fault !== null) report.add(keyAt, `${path}: the claim ${quoted(key)} ${fault}`);
      const wanted = patterns.read(value, report, `${path}.${key}`);
      return fault !== null || wanted === BAD ? BAD : condition(key.split('.'), wanted);
    });
    const good = found.filter((one) => one !== BAD);
    return good.length === found.length ? good : BAD;
  },
};

function condition(claim: readonly string[], wanted: readonly Pattern[]): Condition {
  return { claim, matches: (value) => wanted.some((one) => one.matches(value)) };
}

/** One entry of `identity.services`. */
export const service: Shape<DraftService> = refine(
  keyed(
    {
      issuer: optional(issuer, null, 'Who issues its tokens. Left out: the issuer of people.'),
      audience: required(text({ longest: 255 }), 'What its tokens must be meant for.', 'name what its tokens are for'),
      subject: optional(patterns, null, 'Its subject (the claim sub), or what it must look like.'),
      claims: optional(conditions, null, 'What other claims of its tokens must be, by name; all must hold.'),
      groups: optional(listOf(text({ longest: 255 })), [], 'Groups it is in, whatever its tokens say.'),
    },
    { what: 'a service', atLeastOne: ['subject', 'claims'] },
  ),
  ({ subject, claims, ...rest }): DraftService => ({
    ...rest,
    claims: [...(subject === null ? [] : [condition(['sub'], subject)]), ...(claims ?? [])],
  }),
);
