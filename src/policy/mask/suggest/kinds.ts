import type { MaskMethod } from '../../../core/mask.ts';
import type { Stuff } from './stuff.ts';
import { endOf } from './words.ts';

export type KindName =
  | 'email'
  | 'phone'
  | 'national-id'
  | 'bank-account'
  | 'card'
  | 'password'
  | 'secret'
  | 'birth'
  | 'ip-address'
  | 'hardware-address'
  | 'address'
  | 'person-name'
  | 'income'
  | 'health'
  | 'belief-or-origin';

/** A kind of values that somebody may not want seen. */
export interface Kind {
  readonly name: KindName;
  /** As in "looks like …". */
  readonly title: string;
  /** Names that columns of it have, in words. The last words of a column's name must be these, or close to it. */
  readonly phrases: readonly (readonly string[])[];
  /** What its values may be. */
  readonly stuff: ReadonlySet<Stuff>;
  /** Of text; what is not text is redacted. */
  readonly with: MaskMethod;
}

const WRITTEN: readonly Stuff[] = ['text', 'own', 'list'];
const KEPT: readonly Stuff[] = [...WRITTEN, 'bytes', 'document'];
const NUMBERED: readonly Stuff[] = [...WRITTEN, 'number'];

type Line = readonly [KindName, title: string, names: string, readonly Stuff[], MaskMethod];

/** The first kind whose names fit wins: an e-mail address is no postal one. */
const LINES: readonly Line[] = [
  ['email', 'an e-mail address', 'email, e mail, mail, correo, courriel', WRITTEN, { partial: 'domain' }],
  [
    'phone',
    'a telephone number',
    'phone, telephone, mobile, cellphone, cell, fax, tel, msisdn, telefon, telefono',
    NUMBERED,
    { partial: 4 },
  ],
  [
    'national-id',
    'an official number of a person',
    'ssn, social security, national id, tax id, passport, driver license, drivers license, driving licence, ' +
      'identity card, nino, cpf, curp, aadhaar, dni, nif, bsn, personnummer, steuer id',
    NUMBERED,
    'redact',
  ],
  [
    'bank-account',
    'a bank account',
    'iban, bank account, account number, routing number, sort code',
    NUMBERED,
    { partial: 4 },
  ],
  [
    'card',
    'a payment card',
    'card number, card no, credit card, debit card, card, pan, cvv, cvc',
    NUMBERED,
    { partial: 4 },
  ],
  [
    'password',
    'a password',
    'password, passwd, pwd, passphrase, password hash, password digest, pass hash, passwort, kennwort, contrasena, ' +
      'mot de passe, pin code, pin',
    [...KEPT, 'number'],
    'redact',
  ],
  [
    'secret',
    'a secret',
    'secret, token, api key, apikey, private key, access key, secret key, signing key, encryption key, credential, ' +
      'credentials, otp, totp, recovery code, recovery codes, token hash, secret hash',
    KEPT,
    'redact',
  ],
  [
    'birth',
    'a date of birth',
    'birth, birthday, birthdate, birth date, birth year, dob, geburtsdatum, geburtstag, naissance, nacimiento',
    [...NUMBERED, 'time'],
    'redact',
  ],
  ['ip-address', 'a network address', 'ip, ip address, ip addr, remote addr', [...WRITTEN, 'network'], 'redact'],
  ['hardware-address', 'a hardware address', 'mac, mac address', [...WRITTEN, 'hardware'], 'redact'],
  [
    'address',
    'a postal address',
    'address, addr, address line, street, postal code, postcode, zip, zip code, plz, strasse, anschrift, adresse, direccion',
    [...NUMBERED, 'document'],
    'redact',
  ],
  [
    'person-name',
    'a name of a person',
    'first name, last name, full name, given name, family name, middle name, maiden name, surname, forename, ' +
      'firstname, lastname, fullname, vorname, nachname, familienname, apellido, apellidos, prenom, cardholder, cardholder name',
    WRITTEN,
    'token',
  ],
  ['income', 'somebody’s income', 'salary, wage, income, compensation, gehalt, salaire, sueldo', NUMBERED, 'redact'],
  [
    'health',
    'health data',
    'diagnosis, blood type, blood group, disease, disability, allergies, medication, medical history',
    KEPT,
    'redact',
  ],
  [
    'belief-or-origin',
    'a belief or an origin',
    'religion, ethnicity, ethnic origin, sexual orientation, political party, political affiliation',
    WRITTEN,
    'redact',
  ],
];

/** In the order in which they are tried. */
export const KINDS: readonly Kind[] = LINES.map(([name, title, names, stuff, method]) => ({
  name,
  title,
  phrases: names.split(', ').map((one) => one.split(' ')),
  stuff: new Set(stuff),
  with: method,
}));

/** Last words that make a name one of a fact about the thing: `email_verified`, `token_count`. */
const ABOUT: ReadonlySet<string> = new Set(
  (
    'type kind verified confirmed valid status state count counts total length size id ids at on time date enabled ' +
    'required flag label format template policy provider source version expires expiry expiration attempts limit used ' +
    'usage subject body sent consent preference preferences changed updated created domain index order hint question ' +
    'category cost price budget name names brand network country reset scope scopes'
  ).split(' '),
);

/** First words that do the same: `is_email`, `max_tokens`. */
const ASKING: ReadonlySet<string> = new Set(
  'is has num count max min total allow require can use should no'.split(' '),
);

/** Tables whose `name` is a person's. */
const PERSONS: ReadonlySet<string> = new Set(
  (
    'customer user person people employee patient member contact client guest student teacher subscriber author ' +
    'applicant candidate lead passenger driver staff profile kunde kunden benutzer mitarbeiter cliente usuario'
  ).split(' '),
);

/** The kind that a column's name speaks of; null for none. */
export function kindNamed(words: readonly string[], table: readonly string[], stuff: Stuff): Kind | null {
  const [first = ''] = words;
  if (ASKING.has(first)) return null;
  if (words.length === 1 && first === 'name' && table.some(isPerson)) return kindIf('person-name', stuff);
  return KINDS.find((kind) => kind.stuff.has(stuff) && kind.phrases.some((phrase) => speaksOf(phrase, words))) ?? null;
}

function speaksOf(phrase: readonly string[], words: readonly string[]): boolean {
  const end = endOf(phrase, words) ?? endOf(phrase, words.map(singular));
  return end !== null && (end === words.length || !ABOUT.has(words.at(-1) ?? ''));
}

const singular = (word: string): string => (word.length > 3 && word.endsWith('s') ? word.slice(0, -1) : word);

const isPerson = (word: string): boolean => PERSONS.has(word) || PERSONS.has(singular(word));

function kindIf(name: KindName, stuff: Stuff): Kind | null {
  return KINDS.find((kind) => kind.name === name && kind.stuff.has(stuff)) ?? null;
}

const TYPED: Partial<Record<Stuff, KindName>> = { network: 'ip-address', hardware: 'hardware-address' };

/** The kind that all values of such a type are of; null for none. */
export function kindTyped(stuff: Stuff): Kind | null {
  const name = TYPED[stuff];
  return name === undefined ? null : kindIf(name, stuff);
}

/** The kind of this name. */
export function kindOf(name: KindName): Kind | null {
  return KINDS.find((kind) => kind.name === name) ?? null;
}

/** How values of a kind are best hidden. What `partial` and `token` would say nothing about is redacted. */
export function methodFor(kind: Kind, stuff: Stuff): MaskMethod {
  return stuff === 'text' || stuff === 'own' ? kind.with : 'redact';
}
