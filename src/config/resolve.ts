import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errnoOf, HoopError } from '../core/errors.ts';
import type { ProviderSettings } from '../core/provider.ts';
import { Secret } from '../core/secret.ts';
import type { Target, TargetTls } from '../core/target.ts';
import { type Config, targetNamed } from './load.ts';
import { readPrivateFile, resolvePath, resolveSecret, type SecretSources } from './secrets.ts';
import { resolveSsh } from './ssh-access.ts';
import type { TlsConfig } from './target/tls.ts';

/** Long enough for a command that asks a server; a person should not have to wait longer for an error. */
const COMMAND_DEADLINE = 10_000;

/** The places that a configuration's secrets come from on this machine, beside those that are kept by name. */
export function secretSources(
  config: Config,
  env: Readonly<Record<string, string | undefined>>,
  home: string,
  kept: SecretSources['kept'],
): SecretSources {
  return { env, home, directory: dirname(config.path), kept, commandDeadline: COMMAND_DEADLINE };
}

/**
 * A target with its secrets, certificates and known hosts fetched, ready to be reached.
 * @throws HoopError `config.target` when there is none of that name, or a file that it names cannot be used;
 * `config.secret`
 */
export async function resolveTarget(config: Config, name: string, sources: SecretSources): Promise<Target> {
  const target = targetNamed(config, name);
  const { user, limits, address } = target;
  const password =
    target.password === null ? null : await resolveSecret(`the password of ${name}`, target.password, sources);
  const reached = { name, host: address.host, port: address.port, user, password, limits };
  switch (target.protocol) {
    case 'postgres': {
      const tls = await resolveTls(name, target.tls, sources);
      return { ...reached, protocol: target.protocol, database: target.database, tls };
    }
    case 'ssh': {
      const ssh = await resolveSsh(name, target, sources);
      return { ...reached, protocol: target.protocol, database: '', tls: NO_TLS, ssh };
    }
  }
}

/** SSH protects the connection itself. */
const NO_TLS: TargetTls = { mode: 'disable', ca: null, certificate: null };

/**
 * Who vouches for people and services, with the client's secret fetched; null when the configuration names nobody.
 * @throws HoopError `config.secret`
 */
export async function resolveProvider(config: Config, sources: SecretSources): Promise<ProviderSettings | null> {
  if (config.identity === null) return null;
  const { clientSecret: reference, ...rest } = config.identity;
  const clientSecret = reference === null ? null : await resolveSecret('the client secret', reference, sources);
  return { ...rest, clientSecret };
}

async function resolveTls(name: string, tls: TlsConfig, sources: SecretSources): Promise<TargetTls> {
  const { mode, ca, certificate } = tls;
  return {
    mode,
    ca: ca === null ? null : await pem(`the authority of ${name}`, 'CERTIFICATE', resolvePath(ca, sources)),
    certificate:
      certificate === null
        ? null
        : {
            cert: await pem(`the certificate of ${name}`, 'CERTIFICATE', resolvePath(certificate.cert, sources)),
            key: await privateKey(`the private key of ${name}`, resolvePath(certificate.key, sources)),
          },
  };
}

async function pem(what: string, label: string, path: string): Promise<string> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const why = errnoOf(error) === 'ENOENT' ? 'does not exist' : `cannot be read (${errnoOf(error) ?? 'unknown'})`;
    throw new HoopError('config.target', `${what} is to come from ${path}, which ${why}`, {
      cause: error,
      hint: 'check the path and its permissions',
    });
  }
  if (text.includes(`-----BEGIN ${label}-----`)) return text;
  throw new HoopError('config.target', `${what} is to come from ${path}, which holds no PEM of a certificate`, {
    hint: 'name a file with a "-----BEGIN CERTIFICATE-----" line',
  });
}

async function privateKey(what: string, path: string): Promise<Secret> {
  const text = await readPrivateFile(what, path);
  if (/-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/u.test(text)) return new Secret(text);
  throw new HoopError('config.secret', `${what} is to come from ${path}, which holds no PEM of a private key`, {
    hint: 'name a file with a "-----BEGIN PRIVATE KEY-----" line',
  });
}
