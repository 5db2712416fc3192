import { describe, expect, it } from 'vitest';
import { credentialsIn, isCredentialVariable } from '../../../src/local/child/credentials.ts';

describe('variables that hold credentials', () => {
  it.each([
    'AWS_SECRET_ACCESS_KEY',
    'AWS_PROFILE',
    'GITHUB_TOKEN',
    'MY_SERVICE_API_KEY',
    'NPM_TOKEN',
    'DB_PASSWORD',
    'DATABASE_URL',
    'STAGING_DATABASE_URL',
    'SENTRY_DSN',
    'SSH_AUTH_SOCK',
    'HOOPCTL_STATE_DIR',
    'VAULT_ADDR',
    'CLIENT_SECRET',
    'OPENAI_API_KEY',
  ])('%s is one', (name) => {
    expect(isCredentialVariable(name)).toBe(true);
  });

  it.each(['PATH', 'HOME', 'LANG', 'AUTHOR', 'EDITOR', 'TOKENIZERS_PARALLELISM', 'NODE_OPTIONS', 'KEYBOARD', 'PWD'])(
    '%s is none',
    (name) => {
      expect(isCredentialVariable(name)).toBe(false);
    },
  );

  it('are left alone where they are passed on by intent', () => {
    expect(credentialsIn({ A_TOKEN: 'x', B_TOKEN: 'y', PATH: 'z' }, ['B_TOKEN'])).toEqual(['A_TOKEN']);
  });
});
