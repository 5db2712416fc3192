import { type Config, policiesOf } from '../config/load.ts';
import type { SecretReference } from '../config/reference.ts';
import type { TargetConfig } from '../config/target-shape.ts';
import type { SshTarget } from '../config/target/ssh.ts';
import type { Enforcement } from '../core/protocol.ts';
import { protocolNamed } from '../local/protocol.ts';
import { strictest } from '../policy/mask/columns.ts';
import type { Policy } from '../policy/rules.ts';

/** What is shown of a target: where its secrets are kept, and never a secret. */
export type ShownTarget = {
  readonly name: string;
  readonly protocol: string;
  readonly address: string;
  readonly user: string;
  readonly password: string;
  readonly policies: readonly string[];
} & (
  | { readonly database: string; readonly tls: string }
  | {
      readonly key: string;
      readonly passphrase: string;
      readonly agent: string;
      /** Fingerprints, or the file that they are in. */
      readonly hostKeys: readonly string[];
    }
);

export function shownTarget(target: TargetConfig): ShownTarget {
  const { name, protocol, user } = target;
  const { host, port } = target.address;
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const password = shownReference(target.password);
  const policies = target.policy === 'unguarded' ? ['unguarded'] : target.policy;
  switch (target.protocol) {
    case 'postgres':
      return { name, protocol, address, database: target.database, user, password, tls: target.tls.mode, policies };
    case 'ssh': {
      const key = shownReference(target.key);
      const passphrase = shownReference(target.passphrase);
      const agent = shownAgent(target.agent);
      return { name, protocol, address, user, key, passphrase, password, agent, hostKeys: knownBy(target), policies };
    }
  }
}

function shownAgent(agent: SshTarget['agent']): string {
  if (agent === null) return 'none';
  return agent.from === 'environment' ? 'SSH_AUTH_SOCK' : agent.path;
}

function knownBy({ hostKeys }: SshTarget): readonly string[] {
  return hostKeys.kind === 'pinned' ? hostKeys.fingerprints : [hostKeys.path];
}

function shownReference(reference: SecretReference | null): string {
  if (reference === null) return 'none';
  switch (reference.from) {
    case 'keychain':
      return `keychain: ${reference.name}`;
    case 'env':
      return `env: ${reference.variable}`;
    case 'file':
      return `file: ${reference.path}`;
    case 'exec':
      // Arguments may say where a vault is and how to get in: the program's name is enough.
      return `exec: ${reference.command[0] ?? ''}`;
  }
}

/** A fact about what guards a target, and whether it holds in this version. */
export interface Guarding {
  readonly what: string;
  readonly enforced: boolean;
  readonly note: string;
}

/** What is enforced for a target of a configuration, and what is not. */
export function guardingOf(config: Config, target: TargetConfig): readonly Guarding[] {
  const { enforces } = protocolNamed(target.protocol);
  return guarding(policiesOf(config, target), enforces, config.identity !== null);
}

/**
 * What is enforced for a target with these policies over a protocol that can do this, and what is not, honestly. `logins`: a
 * provider vouches for people.
 */
export function guarding(
  policies: readonly Policy[],
  can: ReadonlySet<Enforcement>,
  logins: boolean,
): readonly Guarding[] {
  const restricts = policies.some(
    ({ deny, ask, allow, mask, scope, access, default: otherwise }) =>
      deny.length + ask.length + allow.length + mask.length > 0 ||
      scope !== null ||
      access === 'read-only' ||
      otherwise !== 'allow',
  );
  const asks = policies.some(({ ask, default: otherwise }) => ask.length > 0 || otherwise === 'ask');
  return [
    {
      what: 'statements',
      enforced: restricts,
      note: restricts ? 'decided before the target sees them' : 'no rule restricts anything: they are only recorded',
    },
    { what: 'records', enforced: true, note: 'written before a statement is sent; no record, no statement' },
    ...(asks ? approvalsGuarding(policies, logins) : []),
    ...valuesGuarding(policies, can),
    {
      what: 'opaque code',
      enforced: restricts,
      note: restricts
        ? 'functions that cannot be followed, and dynamic SQL, are refused unless a rule allows them'
        : 'runs: no rule restricts anything',
    },
    {
      what: 'who asks',
      enforced: logins,
      note: logins
        ? 'verified with the provider, and again while a session lasts'
        : 'the operating system’s user, not verified, and marked as such in the record',
    },
    { what: 'ways around', enforced: false, note: 'whoever reaches the target without hoopctl is not guarded' },
  ];
}

function approvalsGuarding(policies: readonly Policy[], logins: boolean): readonly Guarding[] {
  const rules = policies.flatMap(({ ask }) => ask);
  const others = rules.some(({ approvers, breakGlass }) => approvers !== 'self' && breakGlass !== 'self');
  const nobody = 'refused: nobody logs in where hoopctl.yaml has no identity';
  const known = logins ? 'people who are logged in, verified with their provider' : nobody;
  const fresh = logins ? 'by a login that is made for the answer' : nobody;
  return [
    { what: 'approvals', enforced: true, note: 'held until a person approves: hoopctl approve' },
    ...(others ? [{ what: 'other approvers', enforced: true, note: known }] : []),
    ...(rules.some(({ stepUp }) => stepUp) ? [{ what: 'fresh logins', enforced: true, note: fresh }] : []),
    {
      what: 'who approves',
      enforced: false,
      note: logins
        ? 'any process of this user outside of a sandbox can answer by the logins that this user keeps; a fresh login it cannot make'
        : 'any process of this user outside of a sandbox can answer what `approvers: self` leaves to this user',
    },
  ];
}

const NOT_OPENED = 'not in this version: the target is not opened';

function valuesGuarding(policies: readonly Policy[], can: ReadonlySet<Enforcement>): readonly Guarding[] {
  const rules = policies.flatMap(({ mask }) => mask);
  const masking = policies.filter(({ mask }) => mask.some(({ column }) => column !== null));
  const detects = rules.some(({ column }) => column === null);
  const detected = detects && can.has('byte');
  return [
    ...(masking.length === 0 ? [] : columnsGuarding(masking, can.has('column'))),
    ...(detects
      ? [{ what: 'masks by detectors', enforced: detected, note: detected ? 'hide what they find' : NOT_OPENED }]
      : []),
    {
      what: 'values in results',
      enforced: false,
      note: `shown as the target sends them${rules.length === 0 ? '' : ', except where masks hide them'}`,
    },
  ];
}

/** `masking`: policies with masks of columns. */
function columnsGuarding(masking: readonly Policy[], enforced: boolean): readonly Guarding[] {
  if (!enforced) return [{ what: 'masked columns', enforced, note: NOT_OPENED }];
  const strict = masking.some(({ masking: { mode } }) => mode === 'strict');
  const inference = strictest(masking);
  const trusted = masking.some((policy) => policy.masking.trustedFunctions.length > 0);
  const followed = 'hidden in results, errors and records, wherever they go in a statement';
  return [
    {
      what: 'masked columns',
      enforced,
      note: `${followed}; what cannot be followed is ${strict ? 'refused' : 'hidden as a whole (mode: lenient)'}`,
    },
    { what: 'comparing masked columns', enforced: inference !== 'allow', note: COMPARING[inference] },
    ...(strict ? [] : [{ what: 'copies of masked values', enforced: false, note: 'may be written to other columns' }]),
    ...(trusted
      ? [{ what: 'trusted functions', enforced: false, note: 'what they give counts as clean, whatever it is' }]
      : []),
  ];
}

const COMPARING: Readonly<Record<ReturnType<typeof strictest>, string>> = {
  refuse: 'refused (inference: refuse)',
  equality: 'only whole values with =, which lets guesses be confirmed (inference: equality)',
  allow: 'rows may be chosen and sorted by them, which tells values bit by bit (inference: allow)',
};
