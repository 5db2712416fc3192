/** What a policy's `detect` may name, besides expressions of its own. */
export const DETECTOR_NAMES = [
  'email',
  'credit-card',
  'iban',
  'ssn',
  'phone',
  'jwt',
  'private-key',
  'aws-key',
  'gcp-key',
  'github-token',
  'slack-token',
  'openai-key',
  'stripe-key',
  'high-entropy',
] as const;

export type DetectorName = (typeof DETECTOR_NAMES)[number];
