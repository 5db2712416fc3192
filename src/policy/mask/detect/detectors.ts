import type { Detector } from './detector.ts';
import { awsKey } from './finders/aws.ts';
import { creditCard } from './finders/card.ts';
import { email } from './finders/email.ts';
import { highEntropy } from './finders/entropy.ts';
import { iban } from './finders/iban.ts';
import { jwt } from './finders/jwt.ts';
import { phone } from './finders/phone.ts';
import { privateKey } from './finders/private-key.ts';
import { ssn } from './finders/ssn.ts';
import { gcpKey, githubToken, openaiKey, slackToken, stripeKey } from './finders/vendors.ts';

const BUILT_IN: readonly Detector[] = [
  email,
  creditCard,
  iban,
  ssn,
  phone,
  jwt,
  privateKey,
  awsKey,
  gcpKey,
  githubToken,
  slackToken,
  openaiKey,
  stripeKey,
  highEntropy,
];

/** The detector of that name; null when there is none. */
export function detectorNamed(name: string): Detector | null {
  return BUILT_IN.find((one) => one.name === name) ?? null;
}
