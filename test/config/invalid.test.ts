import { describe, expect, it } from 'vitest';
import { FULL, inPolicy, inTarget, minimal, problems, replaced, without } from './examples.ts';

it('accepts what is right', () => {
  expect(problems(minimal())).toEqual([]);
  expect(problems(FULL)).toEqual([]);
});

describe('what is missing, empty, blank or unknown is an error, never "all" (R3)', () => {
  it.each([
    [
      'no policy',
      without('policy'),
      '4:5 targets.pg.policy is missing: name the policies that guard it, or write policy: unguarded to do without',
    ],
    [
      'an empty policy',
      replaced('policy', ''),
      '8:13 targets.pg.policy is empty: expected a list of policies, or the word unguarded',
    ],
    [
      'an empty list of policies',
      replaced('policy', '[]'),
      '8:13 targets.pg.policy is an empty list: name something or leave the key out',
    ],
    ['a blank policy', replaced('policy', '" "'), '8:13 targets.pg.policy is empty: name the policies'],
    ['a blank policy in the list', replaced('policy', '[p, " "]'), '8:17 targets.pg.policy[1] is empty'],
    ['a policy of nothing', replaced('policy', '[p, ~]'), '8:17 targets.pg.policy[1] is empty: expected text'],
    ['an unknown policy', replaced('policy', '[p, prod]'), '8:17 targets.pg.policy: unknown policy "prod"'],
    ['a policy twice', replaced('policy', '[p, p]'), '8:17 targets.pg.policy: "p" stands here twice'],
    [
      'a misspelt policy',
      minimal().replaceAll('  p:', '  production:').replace('[p]', '[producton]'),
      '8:14 targets.pg.policy: unknown policy "producton": did you mean "production"?',
    ],
    [
      'a policy with space at its end',
      replaced('policy', '["p "]'),
      '8:14 targets.pg.policy[0] begins or ends with white space',
    ],
    [
      'a policy that is no list',
      replaced('policy', 'p'),
      '8:13 targets.pg.policy: expected a list of policies, or the word unguarded: write [p]',
    ],
    [
      'unguarded spelt otherwise',
      replaced('policy', 'Unguarded'),
      '8:13 targets.pg.policy: unknown word "Unguarded": did you mean "unguarded"?',
    ],
    [
      'unguarded misspelt',
      replaced('policy', 'ungarded'),
      '8:13 targets.pg.policy: unknown word "ungarded": did you mean "unguarded"?',
    ],
    [
      'unguarded in a list',
      replaced('policy', '[unguarded]'),
      '8:14 targets.pg.policy: the word unguarded stands alone, without brackets: write policy: unguarded',
    ],
    [
      'a false policy',
      replaced('policy', 'false'),
      '8:13 targets.pg.policy: expected a list of policies, or the word unguarded, found true or false',
    ],
    [
      'a policy of that name',
      minimal().replaceAll('  p:', '  unguarded:'),
      '11:3 policies: the name "unguarded" has a meaning of its own: choose another',
    ],
    ['an empty policy body', inPolicy(''), '11:5 policies.p is empty: expected a policy'],
    [
      'a policy without default',
      inPolicy('access: read-only'),
      '12:5 policies.p.default is missing: say what happens to what no rule matches: allow, deny or ask',
    ],
    [
      'an empty default',
      inPolicy('default:'),
      '12:13 policies.p.default is empty: expected "allow" or "deny" or "ask"',
    ],
    [
      'an unknown default',
      inPolicy('default: alow'),
      '12:14 policies.p.default: unknown word "alow": did you mean "allow"?',
    ],
    ['an empty deny list', inPolicy('{ default: allow, deny: [] }'), '12:29 policies.p.deny is an empty list'],
    [
      'a rule of nothing',
      inPolicy('{ default: allow, deny: [{}] }'),
      '12:30 policies.p.deny[0] needs at least one of action, object, relation, column, function, where',
    ],
    ['a rule of a message alone', inPolicy('{ default: allow, deny: [{ message: no }] }'), 'needs at least one of'],
    [
      'an empty action list',
      inPolicy('{ default: allow, deny: [{ action: [] }] }'),
      '12:40 policies.p.deny[0].action is an empty list',
    ],
    [
      'an empty action',
      inPolicy('{ default: allow, deny: [{ action: "" }] }'),
      '12:40 policies.p.deny[0].action is empty: expected a known action',
    ],
    [
      'an unknown action',
      inPolicy('{ default: allow, deny: [{ action: [drop, trucate] }] }'),
      '12:47 policies.p.deny[0].action[1]: unknown action "trucate": did you mean "truncate"?',
    ],
    [
      'an action in capitals',
      inPolicy('{ default: allow, deny: [{ action: DROP }] }'),
      'unknown action "DROP": did you mean "drop"?',
    ],
    [
      'two actions in one string',
      inPolicy('{ default: allow, deny: [{ action: "drop, delete" }] }'),
      'unknown action "drop, delete"',
    ],
    [
      'an unknown object',
      inPolicy('{ default: allow, deny: [{ object: tables }] }'),
      'policies.p.deny[0].object: unknown kind of object "tables": did you mean "table"?',
    ],
    [
      'an empty relation',
      inPolicy('{ default: allow, deny: [{ relation: "" }] }'),
      'policies.p.deny[0].relation is empty',
    ],
    [
      'a relation of too many parts',
      inPolicy('{ default: allow, deny: [{ relation: a.b.c }] }'),
      'policies.p.deny[0].relation: expected 1 to 2 names joined by dots, such as "app.customers" or "app.*"',
    ],
    [
      'a column of one part',
      inPolicy('{ default: allow, deny: [{ column: ssn }] }'),
      'policies.p.deny[0].column: expected 2 to 3 names joined by dots',
    ],
    [
      'a broken expression',
      inPolicy('{ default: allow, deny: [{ relation: "/(/" }] }'),
      'policies.p.deny[0].relation: the pattern holds an expression that cannot be used',
    ],
    [
      'where: present',
      inPolicy('{ default: allow, deny: [{ where: present }] }'),
      'policies.p.deny[0].where: unknown condition "present"',
    ],
    [
      'an empty scope',
      inPolicy('{ default: allow, scope: {} }'),
      '12:30 policies.p.scope needs at least one of schemas, directories',
    ],
    ['no scope behind the key', inPolicy('{ default: allow, scope: }'), 'policies.p.scope is empty'],
    [
      'a scope of no schemas',
      inPolicy('{ default: allow, scope: { schemas: [] } }'),
      'policies.p.scope.schemas is an empty list',
    ],
    [
      'a scope of a blank schema',
      inPolicy('{ default: allow, scope: { schemas: [" "] } }'),
      'policies.p.scope.schemas[0] is empty',
    ],
    [
      'a misspelt scope',
      inPolicy('{ default: allow, scope: { schema: [app] } }'),
      '12:32 unknown key "schema" in policies.p.scope: did you mean "schemas"?',
    ],
    [
      'a scope of another protocol',
      inPolicy('{ default: allow, scope: { schemas: [a], namespaces: [b] } }'),
      '"namespaces" in policies.p.scope narrows Kubernetes, which is not available in this version',
    ],
    [
      'a misspelt access',
      inPolicy('{ default: allow, access: readonly }'),
      '12:31 policies.p.access: unknown word "readonly": did you mean "read-only"?',
    ],
    [
      'applies_to of nobody',
      inPolicy('{ default: allow, applies_to: {} }'),
      'policies.p.applies_to needs at least one of groups, subjects, emails, services, agents',
    ],
    [
      'applies_to of no groups',
      inPolicy('{ default: allow, applies_to: { groups: [] } }'),
      'policies.p.applies_to.groups is an empty list',
    ],
    [
      'misspelt agents',
      inPolicy('{ default: allow, applies_to: { agents: all } }'),
      'policies.p.applies_to.agents: unknown word "all"',
    ],
    ['an unknown key', inTarget('polcy: [p]'), '8:5 unknown key "polcy" in targets.pg: did you mean "policy"?'],
    [
      'a key of a rule for another protocol',
      inPolicy('{ default: allow, deny: [{ verb: get }] }'),
      '"verb" in policies.p.deny[0] is a key of rules for Kubernetes, which is not available in this version',
    ],
    [
      'an unknown key at the top',
      minimal({ more: 'polices: {}' }),
      '13:1 unknown key "polices": did you mean "policies"?',
    ],
    ['no version', minimal().replace('version: 1\n', ''), '1:1 version is missing: write version: 1'],
    [
      'another version',
      minimal().replace('version: 1', 'version: 2'),
      '1:10 version: expected 1, the only version of this format',
    ],
    ['a version in quotes', minimal().replace('version: 1', 'version: "1"'), '1:10 version: expected 1'],
    ['no targets', 'version: 1\n', '1:1 targets is missing: expected targets by name'],
    ['empty targets', 'version: 1\ntargets: {}\n', '2:10 targets is empty: expected targets by name'],
    ['an empty target', 'version: 1\ntargets:\n  pg:\n', '3:6 targets.pg is empty: expected a target'],
    [
      'an unknown protocol',
      replaced('protocol', 'postgresql'),
      '4:15 targets.pg.protocol: unknown protocol "postgresql": did you mean "postgres"?',
    ],
    [
      'a protocol that is yet to come',
      replaced('protocol', 'mysql'),
      '4:15 targets.pg.protocol: mysql is not available in this version',
    ],
    [
      'a number for a name',
      replaced('database', '42'),
      '6:15 targets.pg.database: expected text, found a number (put it in quotes if it is a name)',
    ],
    ['a list for a name', replaced('database', '[app]'), '6:15 targets.pg.database: expected text, found a list'],
    [
      'an unknown target of a script',
      minimal({ more: 'scripts: { s: { command: [a], targets: [pgg] } }' }),
      'scripts.s.targets: unknown target "pgg": did you mean "pg"?',
    ],
    [
      'an unknown policy of a script',
      minimal({ more: 'scripts: { s: { command: [a], targets: [pg], policy: [q] } }' }),
      'scripts.s.policy: unknown policy "q"',
    ],
    [
      'a host with a user in it',
      minimal({ more: 'scripts: { s: { command: [a], targets: [pg], hosts: ["me@example.com:443"] } }' }),
      'scripts.s.hosts[0]: the host holds an "@"',
    ],
    [
      'a host that ends with a dot',
      minimal({ more: 'scripts: { s: { command: [a], targets: [pg], hosts: ["example.com.:443"] } }' }),
      'scripts.s.hosts[0]: the host ends its host with a dot',
    ],
    [
      'hosts without a sandbox',
      minimal({ more: 'scripts: { s: { command: [a], targets: [pg], sandbox: none, hosts: ["a.example:443"] } }' }),
      'scripts.s.hosts: without a sandbox every host can be reached',
    ],
    [
      'a variable that leads past the door',
      minimal({ more: 'scripts: { s: { command: [a], targets: [pg], env: [PGSERVICE] } }' }),
      'scripts.s.env[0] cannot be "PGSERVICE"',
    ],
    ['target names that clash', minimal({ target: '  a-b: &x {}\n' }), 'anchors ("&name") are not accepted'],
    ['an odd name', minimal().replace('  pg:', '  "pg;rm":'), '3:3 targets: the name "pg;rm" must be letters, digits'],
    [
      'a zero duration',
      inPolicy('{ default: allow, session: { ttl: 0s } }'),
      'policies.p.session.ttl: expected a duration such as 30s, 10m or 1h',
    ],
    [
      'a duration without unit',
      inPolicy('{ default: allow, session: { ttl: 30 } }'),
      'policies.p.session.ttl: expected a duration',
    ],
    [
      'a duration longer than timers last',
      inPolicy('{ default: allow, session: { ttl: 30d } }'),
      'policies.p.session.ttl is longer than 7 days',
    ],
    [
      'a mask of nothing',
      inPolicy('{ default: allow, mask: [{ with: redact }] }'),
      'policies.p.mask[0] needs exactly one of column, field, detect',
    ],
    [
      'a misspelt detector',
      inPolicy('{ default: allow, mask: [{ detect: [jwt, credit_crad], with: redact }] }'),
      '12:46 policies.p.mask[0].detect[1]: unknown detector "credit_crad": did you mean "credit-card"?',
    ],
    [
      'an expression that cannot be used',
      inPolicy('{ default: allow, mask: [{ detect: "/a(?=b)/", with: redact }] }'),
      'policies.p.mask[0].detect: the expression cannot be used (',
    ],
    [
      'an expression that finds everything',
      inPolicy('{ default: allow, mask: [{ detect: "/x*/", with: redact }] }'),
      'policies.p.mask[0].detect: the expression matches an empty text, and so everything',
    ],
    [
      'an expression that does not end',
      inPolicy('{ default: allow, mask: [{ detect: "/EMP-[0-9]+", with: redact }] }'),
      'policies.p.mask[0].detect: the expression must stand between two "/"',
    ],
    [
      'an exception from a mask of columns',
      inPolicy('{ default: allow, mask: [{ column: a.b, with: redact, except: [a.c] }] }'),
      '12:30 policies.p.mask[0].except goes with "detect" only',
    ],
    [
      'an exception that is no column',
      inPolicy('{ default: allow, mask: [{ detect: jwt, with: redact, except: [a] }] }'),
      'policies.p.mask[0].except[0]: expected 2 to 3 names joined by dots',
    ],
    [
      'an empty mask',
      inPolicy('{ default: allow, mask: [{ column: a.b, with: }] }'),
      'policies.p.mask[0].with is empty',
    ],
  ])('%s', (_what, text, expected) => {
    expect(problems(text).join('\n')).toContain(expected);
  });
});

describe('rules that can never decide anything', () => {
  it('are told with the rule that decides before them', () => {
    const text = inPolicy('{ default: allow, deny: [{ action: drop }, { action: drop, object: table }] }');
    expect(problems(text)).toEqual([
      '12:48 policies.p.deny[1] can never decide anything: deny[0] already decides everything it would match',
    ]);
  });
});

describe('a secret', () => {
  it.each([
    ['password: hunter2', 'a secret is never written here'],
    ['password: 12345678', 'a secret is never written here'],
    ['password: [hunter2]', 'a secret is never written here'],
    ['password:', 'a secret is never written here'],
    ['password: {}', 'needs exactly one of keychain, env, file, exec'],
    ['password: { env: A, file: hunter2 }', 'needs exactly one of keychain, env, file, exec'],
    ['password: { evn: hunter2 }', 'unknown key "evn" in targets.pg.password: did you mean "env"?'],
    ['password: { hunter2 }', 'unknown key in targets.pg.password: known are keychain, env, file, exec'],
    ['password: { env: "hunter 2" }', 'expected the name of an environment variable'],
    ['password: { exec: echo hunter2 }', 'expected a command in brackets, found text'],
    ['password: { exec: [] }', 'is an empty list'],
    ['password: { file: secrets/ }', 'is a directory'],
    ['password: "hunter2', 'a character is missing here'],
    ['password: @hunter2', 'begins with a character that YAML reserves'],
    ['password: *hunter2', 'are not accepted'],
    ['password: !hunter2 x', 'tags ("!name") are not accepted'],
    ['password: { env: A, hunter2', 'is not indented like its neighbours'],
  ])('%s is refused, and nothing of it is repeated', (line, expected) => {
    const found = problems(inTarget(line)).join('\n');
    expect(found).toContain(expected);
    expect(found).not.toContain('hunter2');
    expect(found).not.toContain('12345678');
  });
});
