import { expect, test } from 'vitest';
import type { Clock } from '../../src/core/clock.ts';
import { readTokens } from '../../src/identity/token-input.ts';
import { part } from './provider/tokens.ts';

const clock: Clock = { now: () => 1_000_000, monotonic: () => 0 };
const JWT = `${part({ alg: 'RS256' })}.${part({ sub: 'ada' })}.AAAA`;

const revealed = (text: string): unknown => {
  const { idToken, accessToken, refreshToken, expires } = readTokens(text, clock);
  return [idToken?.reveal(), accessToken?.reveal(), refreshToken?.reveal(), expires];
};

test('a JWT by itself is an ID token, whatever is around it', () => {
  expect(revealed(`\n ${JWT} \r\n`)).toEqual([JWT, undefined, undefined, null]);
});

test('the answer of a token endpoint is all of its tokens', () => {
  const answer = { id_token: JWT, access_token: 'a', refresh_token: 'r', expires_in: 60, token_type: 'Bearer' };
  expect(revealed(JSON.stringify(answer))).toEqual([JWT, 'a', 'r', 1_060_000]);
  expect(revealed(JSON.stringify({ id_token: JWT }))).toEqual([JWT, undefined, undefined, null]);
});

const wrong = [
  '',
  'hunter2',
  '{',
  '{"id_token": "hunter2"}',
  '{"access_token": "hunter2"}',
  '{"id_token": 7}',
  `{"id_token": "${JWT}", "expires_in": "hunter2"}`,
  `{"id_token": "${JWT}", "expires_in": -1}`,
  `{"id_token": "${JWT}", "access_token": ["hunter2"]}`,
  `{"id_token": "${JWT}", "refresh_token": ""}`,
  `{"id_token": "${JWT}", hunter2`,
  `["${JWT}"]`,
  `${JWT} ${JWT}`,
  `{"filler": "${'x'.repeat(256 * 1024)}", "id_token": "${JWT}"}`,
  `{"id_token": "${JWT}", "refresh_token": "${'x'.repeat(64 * 1024 + 1)}"}`,
];
test.each(wrong)('what is no token is refused, and not repeated: %.60s', (text) => {
  const failure = ((): unknown => {
    try {
      return revealed(text);
    } catch (error) {
      return error;
    }
  })();
  expect(failure).toMatchObject({ code: 'identity.token', message: expect.not.stringContaining('hunter2') });
  expect((failure as Error).cause).toBeUndefined();
});
