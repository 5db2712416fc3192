import { basename } from 'node:path';
import { shellQuoted } from '../core/shell.ts';

/** What names OpenSSH's configuration for a door. */
export const CONFIG = 'HOOPCTL_SSH_CONFIG';

/** OpenSSH's own programs, which are told of a configuration on their command line alone. */
const OPENSSH: ReadonlySet<string> = new Set(['ssh', 'scp', 'sftp']);

/** A program's arguments, with those that lead OpenSSH's own programs to the door. */
export function sshArguments(
  command: string,
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
): readonly string[] {
  const config = variables[CONFIG];
  return config === undefined || !OPENSSH.has(basename(command)) ? args : ['-F', config, ...args];
}

/** What leads other programs that run `ssh` to the door. */
export function sshVariables(variables: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const config = variables[CONFIG];
  if (config === undefined) return {};
  const ssh = `ssh -F ${shellQuoted(config)}`;
  return {
    GIT_SSH_COMMAND: ssh,
    GIT_SSH_VARIANT: 'ssh',
    RSYNC_RSH: ssh,
    // Ansible shares one connection among all tasks: without it each would be a connection to the target of its own.
    ANSIBLE_SSH_ARGS: `-F ${shellQuoted(config)} -o ControlMaster=auto -o ControlPersist=60s`,
    // Its own checks know nothing of the door's key, which the configuration pins.
    ANSIBLE_HOST_KEY_CHECKING: 'False',
  };
}
