import { identity, type IdentityConfig } from '../config/identity-shape.ts';
import type { Config } from '../config/load.ts';
import { resolveProvider } from '../config/resolve.ts';
import { BAD, Report } from '../config/shape.ts';
import { parseYaml } from '../config/yaml.ts';
import { HoopError } from '../core/errors.ts';
import type { Profile } from '../core/profile.ts';
import type { ProviderSettings } from '../core/provider.ts';
import { Secret } from '../core/secret.ts';
import { readConfig } from './configuration.ts';
import type { Invocation } from './invocation.ts';
import { secretSourcesOf } from './secrets.ts';

/** Where a client's secret is when the configuration names no place for it. */
const CLIENT_SECRET = 'HOOPCTL_CLIENT_SECRET';

/**
 * Who vouches for a login: as `identity` of hoopctl.yaml says, or `--issuer` and `--client-id` where it says nothing.
 * @throws HoopError `cli.usage` when nobody says it, or when the two differ; `config.*`
 */
export async function issuerSettings(invocation: Invocation): Promise<ProviderSettings> {
  const { options, terminal } = invocation;
  const [issuer, clientId] = [options.text('issuer'), options.text('client-id')];
  const config = await configIfAny(invocation);
  const own = config?.identity ?? null;
  if (config !== null && own !== null) {
    agree('--issuer', issuer, own.issuer);
    agree('--client-id', clientId, own.clientId);
    return declared(invocation, config, own);
  }
  if (issuer === null || clientId === null) throw unsaid(config);
  if (config !== null) {
    terminal.warn(`${config.path} has no identity: its sessions are the operating system's user's, whoever logs in`);
  }
  return { ...spoken(issuer, clientId), clientSecret: secretFrom(invocation) };
}

/** As far as it takes to end a login: with the client's secret where the configuration has it. */
export async function settingsFor(invocation: Invocation, { issuer, clientId }: Profile): Promise<ProviderSettings> {
  const config = await configIfAny(invocation);
  const own = config?.identity ?? null;
  if (config !== null && own?.issuer === issuer && own.clientId === clientId) return declared(invocation, config, own);
  return { ...spoken(issuer, clientId), clientSecret: secretFrom(invocation) };
}

/** Null when there is none. One that was named, or cannot be read, is an error all the same. */
async function configIfAny(invocation: Invocation): Promise<Config | null> {
  try {
    return await readConfig(invocation);
  } catch (error) {
    const isNamed = invocation.config !== null || invocation.env['HOOPCTL_CONFIG'] !== undefined;
    if (!isNamed && error instanceof HoopError && error.code === 'config.missing') return null;
    throw error;
  }
}

async function declared(invocation: Invocation, config: Config, own: IdentityConfig): Promise<ProviderSettings> {
  const settings = await resolveProvider(config, secretSourcesOf(invocation, config));
  const clientSecret = own.clientSecret === null ? secretFrom(invocation) : (settings?.clientSecret ?? null);
  return { ...own, clientSecret };
}

function agree(option: string, given: string | null, said: string): void {
  if (given === null || given === said) return;
  throw new HoopError('cli.usage', `${option} is not what hoopctl.yaml says: ${said}`, {
    hint: `leave ${option} out`,
  });
}

function unsaid(config: Config | null): HoopError {
  const why = config === null ? 'there is no hoopctl.yaml' : `${config.path} has no identity`;
  return new HoopError('cli.usage', `nobody says where to log in: ${why}`, {
    hint: 'identity: { issuer: https://…, client_id: … } in hoopctl.yaml, or --issuer URL --client-id ID',
  });
}

/** What options say, by the rules of the file and with all that it may leave out. */
function spoken(issuer: string, clientId: string): Omit<ProviderSettings, 'clientSecret'> {
  const { tree } = parseYaml(JSON.stringify({ issuer, client_id: clientId }));
  const report = new Report();
  const read = tree === null ? BAD : identity.read(tree, report, '');
  if (read !== BAD) return read;
  const message = report.problems[0]?.message ?? 'issuer and client_id cannot be read';
  throw new HoopError('cli.usage', `--${message.replace('client_id', 'client-id')}`, {
    hint: '--issuer https://idp.example.com --client-id hoopctl',
  });
}

function secretFrom({ env }: Invocation): Secret | null {
  const value = env[CLIENT_SECRET] ?? '';
  return value === '' ? null : new Secret(value);
}
