/** Whether masked columns may be compared. `allow` stands for no restriction: then what is shown is masked all the same. */
export type Inference = 'refuse' | 'equality' | 'allow';

const typed = [
  { column: 'app.customers.email', with: { partial: 'domain' } },
  { column: 'app.customers.ssn', with: 'redact' },
  { column: 'app.customers.phone', with: 'token' },
  { column: 'app.customers.salary', with: 'redact' },
  { column: 'app.customers.notes', with: null },
  { column: 'app.customers.secret', with: 'redact' },
  { column: 'app.customers.tags', with: 'redact' },
  { column: 'app.customers.birth', with: 'redact' },
  { column: 'app.customers.photo', with: 'hash' },
  { column: 'app.orders.contact_email', with: { partial: 'domain' } },
  { column: ['app.staff.address', 'app.staff.login'], with: 'redact' },
  { column: 'app.events.payload', with: 'redact' },
  { column: 'app.people.nickname', with: 'redact' },
  {
    column: ['app."Mail Box"."E-Mail"', 'app."Mail Box"."ſ"', 'app."Mail Box"."a.b"', 'app."Mail Box"."quo""te"'],
    with: 'redact',
  },
  { column: 'app.vault.code', with: 'hash' },
  { column: 'app.contacts.email', with: 'redact' },
];

/** Masks whose results do not depend on the value: two worlds look the same through them. */
const flat = typed.map((rule) => (rule.with === 'token' || rule.with === 'hash' ? { ...rule, with: 'redact' } : rule));

const under = (mask: readonly unknown[], inference: Inference) => ({
  default: 'allow',
  mask,
  masking: { mode: 'strict', inference, trusted_functions: [] },
});

/** The policies of the guarded half, as they stand in a configuration file. */
export const maskingPolicies = {
  typed: under(typed, 'equality'),
  defining: { ...under(typed, 'equality'), allow: [{ action: ['create', 'drop', 'call'], function: 'app.twice' }] },
  'typed-allow': under(typed, 'allow'),
  refuse: under(flat, 'refuse'),
  equality: under(flat, 'equality'),
} as const;

export type MaskingPolicy = keyof typeof maskingPolicies;
