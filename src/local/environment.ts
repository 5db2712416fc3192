/**
 * What a client's own environment may say that would lead it past the door (another address, another service
 * file), show it a credential, or ask the door for what it does not speak.
 */
const LIBPQ = [
  'PGHOST',
  'PGHOSTADDR',
  'PGPORT',
  'PGUSER',
  'PGPASSWORD',
  'PGPASSFILE',
  'PGDATABASE',
  'PGSERVICE',
  'PGSERVICEFILE',
  'PGREQUIREAUTH',
  'PGREQUIREPEER',
  'PGREQUIRESSL',
  'PGCHANNELBINDING',
  'PGGSSENCMODE',
  'PGGSSDELEGATION',
  'PGGSSLIB',
  'PGKRBSRVNAME',
  'PGSSLMODE',
  'PGSSLNEGOTIATION',
  'PGSSLCERT',
  'PGSSLKEY',
  'PGSSLCERTMODE',
  'PGSSLROOTCERT',
  'PGSSLCRL',
  'PGSSLCRLDIR',
  'PGSSLSNI',
  'PGSSLCOMPRESSION',
  'PGLOADBALANCEHOSTS',
  'PGTARGETSESSIONATTRS',
] as const;

/** What would lead programs that run `ssh` past the door, or show the door another key. */
const OPENSSH = [
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_SSH_VARIANT',
  'RSYNC_RSH',
  'ANSIBLE_SSH_ARGS',
  'HOOPCTL_SSH_CONFIG',
];

/** hoopctl's own credentials: who asks, and what its secrets are encrypted with. */
const OWN = [
  'HOOPCTL_TOKEN',
  'HOOPCTL_TOKEN_FILE',
  'HOOPCTL_CLIENT_SECRET',
  'HOOPCTL_PASSPHRASE',
  'HOOPCTL_KEY_FILE',
] as const;

/**
 * The environment of a client that is run inside: this process's own, without what would lead past the door and
 * without the variables that hold credentials, hoopctl's own or targets', and with what leads to the door.
 * @param withheld names of variables that hold targets' credentials
 */
export function clientEnvironment(
  own: Readonly<NodeJS.ProcessEnv>,
  withheld: readonly string[],
  door: Readonly<Record<string, string>>,
): Record<string, string> {
  const dropped = new Set<string>([...LIBPQ, ...OPENSSH, ...OWN, ...withheld]);
  const kept = Object.entries(own).filter((entry): entry is [string, string] => {
    const [name, value] = entry;
    return value !== undefined && !dropped.has(name);
  });
  return { ...Object.fromEntries(kept), ...door };
}
