import { expect, it } from 'vitest';
import { credentialVariables } from '../../src/cli/configuration.ts';
import { parseConfig } from '../../src/config/load.ts';
import { FULL, minimal, minimalSsh } from '../config/examples.ts';

const variables = (text: string): readonly string[] => credentialVariables({ path: '/f', ...parseConfig(text, 'f') });

it('keeps the variables of passwords, keys, passphrases and of the client secret from clients, and no others', () => {
  expect(variables(FULL)).toEqual(['IDP_SECRET', 'WEB_2']);
  const identity = 'identity: { issuer: https://idp.example, client_id: x, client_secret: { env: S } }';
  expect(variables(minimal({ target: '    password: { env: PW }', more: identity }))).toEqual(['S', 'PW']);
  expect(variables(minimal({ target: '    password: { keychain: PW }' }))).toEqual([]);
  const login = 'key: { env: KEY }\npassphrase: { env: PHRASE }\npassword: { env: PW }';
  expect(variables(minimalSsh({ target: login }))).toEqual(['PW', 'KEY', 'PHRASE']);
});
