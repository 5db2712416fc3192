import type { SecretReference } from '../config/reference.ts';
import type { TargetConfig } from '../config/target-shape.ts';
import type { Policy } from '../policy/rules.ts';

/** What is shown of a target: where its password is kept, and never the password. */
export interface ShownTarget {
  readonly name: string;
  readonly protocol: string;
  readonly address: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly tls: string;
  readonly policies: readonly string[];
}

export function shownTarget(target: TargetConfig): ShownTarget {
  const { host, port } = target.address;
  return {
    name: target.name,
    protocol: target.protocol,
    address: host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`,
    database: target.database,
    user: target.user,
    password: shownReference(target.password),
    tls: target.tls.mode,
    policies: target.policy === 'unguarded' ? ['unguarded'] : target.policy,
  };
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

/** What is enforced for a target with these policies and what is not, honestly. */
export function guarding(policies: readonly Policy[]): readonly Guarding[] {
  const restricts = policies.some(
    ({ deny, ask, allow, scope, access, default: otherwise }) =>
      deny.length + ask.length + allow.length > 0 || scope !== null || access === 'read-only' || otherwise !== 'allow',
  );
  const asks = policies.some(({ ask, default: otherwise }) => ask.length > 0 || otherwise === 'ask');
  const masks = policies.some(({ mask }) => mask.length > 0);
  return [
    {
      what: 'statements',
      enforced: restricts,
      note: restricts ? 'decided before the target sees them' : 'no rule restricts anything: they are only recorded',
    },
    { what: 'records', enforced: true, note: 'written before a statement is sent; no record, no statement' },
    ...(asks ? [{ what: 'approvals', enforced: true, note: 'refused: nobody can approve in this version' }] : []),
    ...(masks
      ? [{ what: 'masks', enforced: false, note: 'not in this version: the target is not opened' }]
      : [{ what: 'values in results', enforced: false, note: 'shown as the target sends them' }]),
    {
      what: 'opaque code',
      enforced: restricts,
      note: restricts
        ? 'functions that cannot be followed, and dynamic SQL, are refused unless a rule allows them'
        : 'runs: no rule restricts anything',
    },
    {
      what: 'who asks',
      enforced: false,
      note: 'the operating system’s user, unverified, and marked as such in the record',
    },
    { what: 'ways around', enforced: false, note: 'whoever reaches the target without hoopctl is not guarded' },
  ];
}
