import type { SecretReference } from '../config/reference.ts';
import type { TargetConfig } from '../config/target-shape.ts';
import type { SshTarget } from '../config/target/ssh.ts';

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
      readonly certificate: string;
      readonly agent: string;
      /** Fingerprints, of authorities as `authority SHA256:…`, or the file that they are in. */
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
      const certificate = shownCertificate(target);
      const agent = shownAgent(target.agent);
      const hostKeys = knownBy(target);
      return { name, protocol, address, user, key, passphrase, certificate, password, agent, hostKeys, policies };
    }
  }
}

function shownAgent(agent: SshTarget['agent']): string {
  if (agent === null) return 'none';
  return agent.from === 'environment' ? 'SSH_AUTH_SOCK' : agent.path;
}

function knownBy({ hostKeys }: SshTarget): readonly string[] {
  if (hostKeys.kind === 'known-hosts') return [hostKeys.path];
  return [...hostKeys.fingerprints, ...hostKeys.authorities.map((authority) => `authority ${authority}`)];
}

function shownCertificate({ key, certificate }: SshTarget): string {
  if (certificate === null && key?.from === 'file') return `file: ${key.path}-cert.pub, if it is there`;
  return shownReference(certificate);
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
