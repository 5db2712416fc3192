import type { Catalog } from '../../../../src/core/catalog.ts';
import type { MaskMethod } from '../../../../src/core/mask.ts';
import type { Masking } from '../../../../src/policy/analysis.ts';
import { columnMasks, type ColumnMasks } from '../../../../src/policy/mask/columns.ts';
import { compileNamePattern } from '../../../../src/policy/pattern.ts';
import type { MaskRule, NamePattern, Policy } from '../../../../src/policy/rules.ts';
import { UNGUARDED } from '../../../../src/policy/unguarded.ts';
import { analysisOf, catalog, relation, routine } from '../database.ts';

const INT = 23;
const TEXT = 25;
const NUMERIC = 1700;

function table(name: string, columns: Readonly<Record<string, number>>, more: Parameters<typeof relation>[2] = {}) {
  return relation(name, [], {
    columns: Object.entries(columns).map(([column, type], index) => ({ number: index + 1, name: column, type })),
    ...more,
  });
}

const CUSTOMER = { id: INT, name: TEXT, email: TEXT, ssn: TEXT, salary: NUMERIC, city: TEXT };

const child = table('customers_2026', CUSTOMER);

/** `email` is masked, `ssn` and `salary` are redacted, in customers and all that comes of it. */
export const SHOP: Catalog = catalog({
  relations: [
    table('customers', CUSTOMER, { children: [child.oid] }),
    child,
    table('orders', { id: INT, customer_id: INT, contact_email: TEXT, total: INT }),
    table('notes', { id: INT, email: TEXT, body: TEXT }),
    table(
      'contacts',
      { who: TEXT, mail: TEXT },
      {
        kind: 'view',
        definition: 'SELECT c.name, c.email FROM app.customers c',
      },
    ),
    table(
      'reach',
      { label: TEXT, mail: TEXT },
      {
        kind: 'view',
        definition: 'SELECT contacts.who, lower(contacts.mail) AS lower FROM app.contacts',
      },
    ),
    table(
      'kept',
      { id: INT, mail: TEXT },
      {
        kind: 'materialized-view',
        definition: 'SELECT customers.id, customers.email FROM app.customers',
      },
    ),
  ],
  functions: [
    routine('mail_of', 'sql', 'select email from app.customers where id = $1', { argumentNames: ['id'] }),
    routine('found', 'sql', 'select id, email from app.customers', {}),
    routine('in_city', 'sql', 'select * from app.customers where city = $1', { symbol: 'SETOF app.customers' }),
    routine('names', 'sql', 'select name from app.customers', {}),
    routine('probe', 'sql', "select id from app.customers where email like 'a%'", {}),
    routine('twice', 'sql', 'select $1 || $1', { argumentNames: ['x'] }),
    routine('grab', 'plpgsql', 'begin perform email from app.customers; end', {}),
  ],
});

function pattern(source: string): NamePattern {
  const compiled = compileNamePattern(source);
  if (!compiled.ok) throw new Error(compiled.reason);
  return compiled.value;
}

const rule = (column: string, method: MaskMethod): MaskRule => ({
  column: [pattern(column)],
  field: null,
  detect: null,
  except: null,
  with: method,
});

export interface Masked {
  readonly inference?: Policy['masking']['inference'];
  readonly mode?: Policy['masking']['mode'];
  readonly trusted?: readonly string[];
}

export function masksOf({ inference = 'equality', mode = 'strict', trusted = [] }: Masked = {}): ColumnMasks {
  const policy: Policy = {
    ...UNGUARDED,
    mask: [
      rule('app.customers.email', { partial: 'domain' }),
      rule('app.customers.ssn', 'redact'),
      rule('app.customers.salary', 'redact'),
      rule('app.orders.contact_email', 'token'),
    ],
    masking: { mode, inference, trustedFunctions: trusted.map(pattern) },
  };
  const masks = columnMasks([policy], SHOP);
  if (masks === null) throw new Error('nothing is masked');
  return masks;
}

/** The last statement's masking. */
export function maskingOf(
  sql: string,
  masked: Masked = {},
  prepared: Readonly<Record<string, readonly string[]>> = {},
): Masking {
  const { statements } = analysisOf(sql, { catalog: SHOP, masks: masksOf(masked), prepared });
  const masking = statements.at(-1)?.masking;
  if (masking === undefined || masking === null) throw new Error('no masking');
  return masking;
}

const LETTERS = { clear: '-', masked: 'M', withheld: 'W' } as const;

/** `-M W`: one letter a column; `clear`; or `refused: …`. */
export function shownOf(
  sql: string,
  masked: Masked = {},
  prepared: Readonly<Record<string, readonly string[]>> = {},
): string {
  const { columns, refusal } = maskingOf(sql, masked, prepared);
  if (refusal !== null) return `refused: ${refusal.act}`;
  return columns === null ? 'clear' : columns.map(({ exposure }) => LETTERS[exposure.kind]).join('');
}
