import { describe, expect, it } from 'vitest';
import { sshArguments, sshVariables } from '../../src/local/ssh-clients.ts';

const VARIABLES = { HOOPCTL_SSH_CONFIG: '/run/it’s here/config' };

describe('clients that run inside a session of SSH', () => {
  it.each(['ssh', '/usr/bin/scp', 'sftp'])('tells %s of the configuration on its command line', (command) => {
    expect(sshArguments(command, ['web-1'], VARIABLES)).toEqual(['-F', '/run/it’s here/config', 'web-1']);
  });

  it('leaves the arguments of others alone, and of all where there is no SSH', () => {
    expect(sshArguments('rsync', ['a', 'web-1:b'], VARIABLES)).toEqual(['a', 'web-1:b']);
    expect(sshArguments('ssh', ['web-1'], { PGHOST: 'x' })).toEqual(['web-1']);
    expect(sshVariables({ PGHOST: 'x' })).toEqual({});
  });

  it('leads programs that run ssh themselves to it, whatever its path', () => {
    const variables = sshVariables({ HOOPCTL_SSH_CONFIG: '/run/a b/config' });
    expect(variables['GIT_SSH_COMMAND']).toBe("ssh -F '/run/a b/config'");
    expect(variables['RSYNC_RSH']).toBe("ssh -F '/run/a b/config'");
    expect(variables['ANSIBLE_SSH_ARGS']).toContain("-F '/run/a b/config'");
  });
});
