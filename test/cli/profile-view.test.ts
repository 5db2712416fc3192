import { expect, it } from 'vitest';
import { lapseOf, personLabel, profileRow, shownProfile, siteOf, span } from '../../src/cli/profile-view.ts';
import { ada, login } from '../identity/people.ts';

const NOW = Date.parse('2026-01-01T00:30:00.000Z');
const kept = { ...login(), kept: 'keychain', spent: false } as const;

it.each([
  [600_000, '10 minutes'],
  [599_700, '10 minutes'],
  [60_000, '1 minute'],
  [90_000, '90 seconds'],
  [1000, '1 second'],
  [3_600_000, '1 hour'],
  [5_400_000, '90 minutes'],
  [86_400_000, '1 day'],
  [3 * 86_400_000, '3 days'],
  [200, 'a moment'],
])('%i ms are %s', (milliseconds, words) => {
  expect(span(milliseconds)).toBe(words);
});

it('an issuer is shown by its host, and its path where it has one', () => {
  expect(siteOf('https://idp.example.com')).toBe('idp.example.com');
  expect(siteOf('https://idp.example.com/')).toBe('idp.example.com');
  expect(siteOf('https://sso.example.com:8443/realms/acme')).toBe('sso.example.com:8443/realms/acme');
});

it('somebody is shown with their address, once', () => {
  expect(personLabel(ada)).toBe('Ada (ada@example.com)');
  expect(personLabel({ ...ada, email: null })).toBe('Ada');
  expect(personLabel({ ...ada, display: 'ada@example.com' })).toBe('ada@example.com');
});

it('a login that nothing renews says when it ends', () => {
  expect(lapseOf(kept, NOW)).toBe('in 30 minutes');
  expect(lapseOf(kept, NOW + 3_600_000)).toBe('lapsed');
  expect(profileRow(kept, NOW)).toEqual(['default', 'Ada', 'idp.example', 'dba, engineering', 'renewed', 'keychain']);
  expect(profileRow({ ...kept, renewable: false, kept: 'file' }, NOW)).toEqual(
    expect.arrayContaining(['in 30 minutes', 'plain file']),
  );
});

it('a login as JSON has all of it but what is hoopctl’s own affair', () => {
  const { name, spent: _spent, groupsClaim: _claim, ...rest } = kept;
  expect(shownProfile(kept)).toEqual({ profile: name, ...rest });
});
