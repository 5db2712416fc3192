import { join } from 'node:path';
import type { ClientFile, DoorAddress, DoorCredential } from '../../core/protocol.ts';
import type { Target } from '../../core/target.ts';
import { doorKeys } from './door-keys.ts';

/** The variable that names the configuration for `ssh -F`. */
export const CONFIG_VARIABLE = 'HOOPCTL_SSH_CONFIG';

/** What the door's host key is looked up by, whatever address it is reached at. */
const ALIAS = 'hoopctl';

/** `ssh://user@host:port`. There is no secret in it: the key is in a file. */
export function url(address: DoorAddress, door: DoorCredential): string {
  const user = encodeURIComponent(door.user);
  return address.kind === 'tcp' ? `ssh://${user}@${address.host}:${address.port}` : `ssh://${user}@${LOCAL}`;
}

/** What OpenSSH's programs need to find the door, and to know it. */
export function files(address: DoorAddress, door: DoorCredential, target: Target): readonly ClientFile[] {
  const keys = doorKeys(door);
  return [
    {
      name: 'config',
      variable: CONFIG_VARIABLE,
      text: (directory) => config({ address, door, target, directory }),
    },
    { name: 'id', variable: null, text: () => keys.client.privateText },
    { name: 'known_hosts', variable: null, text: () => `${ALIAS} ${keys.host.publicText}\n` },
  ];
}

interface Place {
  readonly address: DoorAddress;
  readonly door: DoorCredential;
  readonly target: Target;
  readonly directory: string;
}

function config({ address, door, target, directory }: Place): string {
  return [
    // Older clients know no such setting. Outside of any `Host`, since they read the names of all settings.
    'IgnoreUnknown WarnWeakCrypto',
    `Host ${target.name}`,
    ...placeOf(address).map((line) => `  ${line}`),
    `  User ${quoted(door.user)}`,
    `  IdentityFile ${quoted(join(directory, 'id'))}`,
    ...SETTINGS.map((line) => `  ${line}`),
    `  UserKnownHostsFile ${quoted(join(directory, 'known_hosts'))}`,
    '',
  ].join('\n');
}

const SETTINGS = [
  // No other key is offered: the door takes this one alone. An agent is there for the target, where it is lent (-A).
  'IdentitiesOnly yes',
  'PreferredAuthentications publickey',
  `HostKeyAlias ${ALIAS}`,
  'StrictHostKeyChecking yes',
  'GlobalKnownHostsFile /dev/null',
  'UpdateHostKeys no',
  'CheckHostIP no',
  'ForwardAgent no',
  'ForwardX11 no',
  // From here to the door nobody listens, and these cost the least.
  'Ciphers aes128-gcm@openssh.com,aes256-gcm@openssh.com',
  'Compression no',
  // The door is on this machine: nobody keeps what passes until it can be read.
  'WarnWeakCrypto no',
] as const;

/** OpenSSH expands `%` in paths, and takes what is between quotation marks for one word. */
function quoted(text: string): string {
  return `"${text.replaceAll('%', '%%')}"`;
}

/** OpenSSH speaks to Unix sockets through another program alone. */
function placeOf(address: DoorAddress): readonly string[] {
  if (address.kind === 'tcp') return [`HostName ${address.host}`, `Port ${address.port}`];
  return [`HostName ${LOCAL}`, `ProxyCommand nc -U ${quoted(address.path)}`];
}

/** Of a door that has no name. */
const LOCAL = 'localhost';
