import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { errnoOf, HoopError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import type { SshAccess } from '../core/target.ts';
import { resolvePath, resolveSecret, type SecretSources } from './secrets.ts';
import type { SshTarget } from './target/ssh.ts';

/** Lists of a fleet are long; what is longer than this is no list of keys. */
const LARGEST_KNOWN_HOSTS = 8 * 1024 * 1024;

/**
 * How to log in to a target and by what it is known, with its keys fetched and its known hosts read.
 * @throws HoopError `config.secret`; `config.target` when there is no agent, or a file of known hosts cannot be used
 */
export async function resolveSsh(name: string, target: SshTarget, sources: SecretSources): Promise<SshAccess> {
  const { key, passphrase, agent, hostKeys } = target;
  return {
    key: key === null ? null : await privateKey(`the key of ${name}`, key, sources),
    passphrase: passphrase === null ? null : await resolveSecret(`the passphrase of ${name}`, passphrase, sources),
    certificate: await certificateOf(name, target, sources),
    agent: agent === null ? null : agentSocket(name, agent, sources),
    hostKeys: hostKeys.kind === 'pinned' ? hostKeys : await knownHosts(name, resolvePath(hostKeys.path, sources)),
  };
}

async function privateKey(what: string, reference: SshTarget['key'] & object, sources: SecretSources): Promise<Secret> {
  const secret = await resolveSecret(what, reference, sources);
  if (/^-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----$/mu.test(secret.reveal().replaceAll('\r\n', '\n'))) return secret;
  throw new HoopError('config.secret', `${what} is no private key as OpenSSH or PEM writes it`, {
    hint: 'name the file without ".pub"; puttygen -O private-openssh converts a key of PuTTY',
  });
}

/** Longer ones fit into no packet that servers take; base64 adds a third. */
const LARGEST_CERTIFICATE = 64 * 1024;

/** It is no secret: anybody may read its file. What is named must be there; what lies beside the key may be. */
async function certificateOf(
  name: string,
  { key, certificate }: SshTarget,
  sources: SecretSources,
): Promise<SshAccess['certificate']> {
  const what = `the certificate of ${name}`;
  if (certificate === null) {
    if (key?.from !== 'file') return null;
    const path = `${resolvePath(key.path, sources)}-cert.pub`;
    const text = await readPublicFile(what, path);
    return text === null ? null : { text, from: path, isNamed: false };
  }
  if (certificate.from !== 'file') {
    const secret = await resolveSecret(what, certificate, sources);
    return { text: secret.reveal(), from: certificate.from, isNamed: true };
  }
  const path = resolvePath(certificate.path, sources);
  const text = await readPublicFile(what, path);
  if (text !== null) return { text, from: path, isNamed: true };
  throw fault(`${what} is to come from ${path}, which does not exist`, 'have your certificate authority issue one');
}

/** Null when it does not exist. @throws HoopError `config.target` */
async function readPublicFile(what: string, path: string): Promise<string | null> {
  const from = `${what} is to come from ${path}`;
  try {
    await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (!stat.isFile()) throw fault(`${from}, which is not a file`, 'name a file');
    if (stat.size > LARGEST_CERTIFICATE) throw fault(`${from}, which is larger than 64 KiB`, 'check the path');
    return await handle.readFile('utf8');
  } catch (error) {
    if (error instanceof HoopError) throw error;
    if (errnoOf(error) === 'ENOENT') return null;
    throw fault(`${from}, which cannot be read (${errnoOf(error) ?? 'unknown'})`, 'check its permissions', error);
  }
}

function agentSocket(name: string, agent: SshTarget['agent'] & object, sources: SecretSources): string {
  if (agent.from === 'path') return resolvePath(agent.path, sources);
  const socket = sources.env['SSH_AUTH_SOCK'] ?? '';
  if (socket !== '') return socket;
  throw new HoopError('config.target', `${name} is logged in to by your SSH agent, and SSH_AUTH_SOCK is not set`, {
    hint: 'eval "$(ssh-agent)" && ssh-add',
  });
}

async function knownHosts(name: string, path: string): Promise<SshAccess['hostKeys']> {
  const from = `the known hosts of ${name} are to come from ${path}`;
  try {
    // A pipe that nobody writes to would be waited for for good.
    await using handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = await handle.stat();
    if (!stat.isFile()) throw fault(`${from}, which is not a file`, 'name a file');
    const uid = process.getuid?.();
    if (uid !== undefined && stat.uid !== uid && stat.uid !== 0) {
      throw fault(`${from}, which belongs to another user`, 'keep it in a file of your own');
    }
    // Whoever may add a key can stand in for the server.
    if (uid !== undefined && (stat.mode & 0o022) !== 0) {
      throw fault(`${from}, which others may change`, `chmod go-w ${path}`);
    }
    if (stat.size > LARGEST_KNOWN_HOSTS) throw fault(`${from}, which is larger than 8 MiB`, 'check the path');
    return { kind: 'known-hosts', path, text: await handle.readFile('utf8') };
  } catch (error) {
    if (error instanceof HoopError) throw error;
    if (errnoOf(error) === 'ENOENT') {
      throw fault(`${from}, which does not exist`, 'write host_key: "SHA256:…", or known_hosts: FILE', error);
    }
    throw fault(`${from}, which cannot be read (${errnoOf(error) ?? 'unknown'})`, 'check its permissions', error);
  }
}

function fault(message: string, hint: string, cause?: unknown): HoopError {
  return new HoopError('config.target', message, cause === undefined ? { hint } : { hint, cause });
}
