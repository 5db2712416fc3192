import { describe, expect, it } from 'vitest';
import { clientEnvironment } from '../../src/local/environment.ts';

describe('the environment of a client', () => {
  it('leads to the door and nowhere else', () => {
    const own = {
      PATH: '/bin',
      PGHOSTADDR: '10.0.0.1',
      PGSERVICE: 'prod',
      PGSSLMODE: 'verify-full',
      PGAPPNAME: 'mine',
    };
    expect(clientEnvironment(own, [], { PGHOST: '127.0.0.1' })).toEqual({
      PATH: '/bin',
      PGAPPNAME: 'mine',
      PGHOST: '127.0.0.1',
    });
  });

  it('is without the variables that hold credentials', () => {
    expect(clientEnvironment({ PROD_PASSWORD: 'x', OTHER: 'y' }, ['PROD_PASSWORD'], {})).toEqual({ OTHER: 'y' });
  });

  it('is without what proves who asks, and without what opens the secrets', () => {
    const own = {
      HOOPCTL_TOKEN: 'x',
      HOOPCTL_TOKEN_FILE: '/x',
      HOOPCTL_CLIENT_SECRET: 'x',
      HOOPCTL_PASSPHRASE: 'x',
      HOOPCTL_KEY_FILE: '/x',
    };
    expect(clientEnvironment({ ...own, HOOPCTL_STATE_DIR: '/state' }, [], {})).toEqual({ HOOPCTL_STATE_DIR: '/state' });
  });
});
