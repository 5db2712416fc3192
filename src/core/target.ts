import type { Limits } from './limits.ts';
import type { Secret } from './secret.ts';

export type ProtocolName = 'postgres' | 'mysql' | 'ssh' | 'kubernetes' | 'http';

export type TlsMode = 'disable' | 'require' | 'verify-ca' | 'verify-full';

export interface TargetTls {
  readonly mode: TlsMode;
  /** PEM of the authorities to trust; null means the system's. */
  readonly ca: string | null;
  /** PEM of a client certificate and its key, for servers that ask for one. */
  readonly certificate: { readonly cert: string; readonly key: Secret } | null;
}

/** How hoopctl logs in to an SSH server, and by what the server is known. */
export interface SshAccess {
  /** A private key, as OpenSSH or PEM writes it, and what it is locked with. Null: none. */
  readonly key: Secret | null;
  readonly passphrase: Secret | null;
  /**
   * A certificate of that key, `ssh-ed25519-cert-v01@openssh.com AAAA…`, and what it is called for people. `isNamed`: it is configured, and
   * not only lies beside the key. Null: none.
   */
  readonly certificate: { readonly text: string; readonly from: string; readonly isNamed: boolean } | null;
  /** The socket of the operator's own agent, which is asked for signatures and never shown to clients; null: not asked. */
  readonly agent: string | null;
  /**
   * The only keys that the server may show, and the authorities that may certify them: `SHA256:…` fingerprints, at least
   * one of either, or lines as in OpenSSH's known_hosts.
   */
  readonly hostKeys:
    | { readonly kind: 'pinned'; readonly fingerprints: readonly string[]; readonly authorities: readonly string[] }
    /** `path`: for people to read. */
    | { readonly kind: 'known-hosts'; readonly path: string; readonly text: string };
}

/** What a session reaches. Its credential is a `Secret`: printing it shows nothing. */
export interface Target {
  readonly name: string;
  readonly protocol: ProtocolName;
  /** A TCP host, or the directory of a Unix socket when it starts with `/`. */
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  /** Null when the target trusts the connection or is shown a certificate. */
  readonly password: Secret | null;
  readonly tls: TargetTls;
  readonly limits: Limits;
  /** Set for SSH, which has neither a database nor TLS. */
  readonly ssh?: SshAccess;
}

/** A target in a line: `pg-prod (postgres, app_rw@db.internal:5432/app)`, `web-1 (ssh, deploy@web-1:22)`. Not made safe. */
export function targetLabel(target: {
  readonly name: string;
  readonly protocol: ProtocolName;
  readonly user: string;
  readonly address: string;
  readonly database: string;
}): string {
  const database = target.database === '' ? '' : `/${target.database}`;
  return `${target.name} (${target.protocol}, ${target.user}@${target.address}${database})`;
}
