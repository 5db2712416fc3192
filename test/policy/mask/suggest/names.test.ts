import { describe, expect, it } from 'vitest';
import { kindNamed } from '../../../../src/policy/mask/suggest/kinds.ts';
import type { Stuff } from '../../../../src/policy/mask/suggest/stuff.ts';
import { wordsOf } from '../../../../src/policy/mask/suggest/words.ts';

describe('the words of a name', () => {
  it.each([
    ['date_of_birth', ['date', 'of', 'birth']],
    ['dateOfBirth', ['date', 'of', 'birth']],
    ['DateOfBirth2', ['date', 'of', 'birth']],
    ['APIKey', ['api', 'key']],
    ['lastIPAddress', ['last', 'ip', 'address']],
    ['E-Mail', ['e', 'mail']],
    ['Prénom', ['prenom']],
    ['__', []],
  ])('of %s are told apart', (name, words) => {
    expect(wordsOf(name)).toEqual(words);
  });
});

function kind(name: string, stuff: Stuff = 'text', table = 'things'): string | null {
  return kindNamed(wordsOf(name), wordsOf(table), stuff)?.name ?? null;
}

describe('a column’s name', () => {
  it.each([
    ['email', 'email'],
    ['contactEmail', 'email'],
    ['billing_email_address', 'email'],
    ['emails', 'email'],
    ['mobile_phone', 'phone'],
    ['phone_number', 'phone'],
    ['ssn', 'national-id'],
    ['tax_id', 'national-id'],
    ['passport_number', 'national-id'],
    ['iban', 'bank-account'],
    ['card_number', 'card'],
    ['ccPan', 'card'],
    ['password', 'password'],
    ['encrypted_password', 'password'],
    ['passwordHash', 'password'],
    ['api_key', 'secret'],
    ['refreshToken', 'secret'],
    ['client_secret', 'secret'],
    ['dob', 'birth'],
    ['Geburtsdatum', 'birth'],
    ['ip_address', 'ip-address'],
    ['mac_address', 'hardware-address'],
    ['street', 'address'],
    ['shippingAddress', 'address'],
    ['postal_code', 'address'],
    ['first_name', 'person-name'],
    ['Vorname', 'person-name'],
    ['cardholder_name', 'person-name'],
    ['salary', 'income'],
    ['diagnosis', 'health'],
    ['religion', 'belief-or-origin'],
  ])('%s speaks of %s', (name, expected) => {
    expect(kind(name)).toBe(expected);
  });

  it.each([
    'id',
    'title',
    'product_name',
    'name',
    'email_verified',
    'email_template',
    'is_email',
    'max_tokens',
    'token_count',
    'token_type',
    'card_type',
    'password_changed_at',
    'address_id',
    'phone_country',
    'country',
    'shipping',
    'discount',
    'company',
    'mailbox',
    'secretary',
    'panel',
  ])('%s speaks of nothing sensitive', (name) => {
    expect(kind(name)).toBeNull();
  });

  it('is believed only where the type can hold such a thing', () => {
    expect(kind('email', 'time')).toBeNull();
    expect(kind('password', 'other')).toBeNull();
    expect(kind('token', 'number')).toBeNull();
    expect(kind('dob', 'time')).toBe('birth');
    expect(kind('phone', 'number')).toBe('phone');
    expect(kind('secret', 'bytes')).toBe('secret');
    expect(kind('address', 'document')).toBe('address');
    expect(kind('ip', 'network')).toBe('ip-address');
  });

  it('that is just “name” is a person’s in a table of persons', () => {
    expect(kind('name', 'text', 'customers')).toBe('person-name');
    expect(kind('name', 'text', 'app_users')).toBe('person-name');
    expect(kind('name', 'text', 'products')).toBeNull();
    expect(kind('name', 'number', 'customers')).toBeNull();
  });
});
