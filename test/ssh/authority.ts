import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostKeyType } from './server.ts';

/** A certificate authority of ssh-keygen's, with a directory of its own. */
export interface SshAuthority {
  readonly directory: string;
  /** The path of its public key. */
  readonly path: string;
  /** `ssh-ed25519 AAAA…`. */
  readonly publicKey: string;
  /** A new key pair in its directory: the path of the private key. */
  key(name: string, type: HostKeyType, ...args: readonly string[]): string;
  /** `ssh-keygen -s CA … KEY`: the path of the certificate, beside the key. */
  sign(publicKey: string, ...args: readonly string[]): string;
  remove(): void;
}

export function openAuthority(type: HostKeyType = 'ed25519', ...args: readonly string[]): SshAuthority {
  const directory = mkdtempSync(join(tmpdir(), 'hoopctl-ca-'));
  const key: SshAuthority['key'] = (name, kind, ...words) => {
    const path = join(directory, name);
    execFileSync('ssh-keygen', ['-q', '-t', kind, '-N', '', '-C', name, ...words, '-f', path]);
    return path;
  };
  const authority = key('authority', type, ...args);
  return {
    directory,
    path: `${authority}.pub`,
    publicKey: readFileSync(`${authority}.pub`, 'utf8').split(' ').slice(0, 2).join(' '),
    key,
    sign: (publicKey, ...words) => {
      execFileSync('ssh-keygen', ['-q', '-s', authority, '-I', 'for a test', ...words, publicKey]);
      return publicKey.replace(/\.pub$/, '-cert.pub');
    },
    remove: () => rmSync(directory, { recursive: true, force: true }),
  };
}
