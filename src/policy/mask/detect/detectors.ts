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
import { DETECTOR_NAMES, type DetectorName } from './names.ts';

const BUILT_IN: Readonly<Record<DetectorName, Detector>> = {
  email,
  'credit-card': creditCard,
  iban,
  ssn,
  phone,
  jwt,
  'private-key': privateKey,
  'aws-key': awsKey,
  'gcp-key': gcpKey,
  'github-token': githubToken,
  'slack-token': slackToken,
  'openai-key': openaiKey,
  'stripe-key': stripeKey,
  'high-entropy': highEntropy,
};

/** The detector of that name; null when there is none. */
export function detectorNamed(name: string): Detector | null {
  const known = DETECTOR_NAMES.find((one) => one === name);
  return known === undefined ? null : BUILT_IN[known];
}
