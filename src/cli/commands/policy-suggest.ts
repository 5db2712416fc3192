import { policiesOf, targetNamed } from '../../config/load.ts';
import { HoopError } from '../../core/errors.ts';
import type { Catalog } from '../../core/catalog.ts';
import type { Consultation } from '../../core/protocol.ts';
import { type ColumnMasks, columnMasks } from '../../policy/mask/columns.ts';
import {
  type MaskSuggestion,
  type Samples,
  samplings,
  suggestMasks,
  type Suggestions,
} from '../../policy/mask/suggest/suggest.ts';
import { visible } from '../../core/visible.ts';
import type { Run } from '../command.ts';
import { readConfig } from '../configuration.ts';
import { consultTarget } from '../consulting.ts';
import { columnName, ruleYaml } from '../mask-yaml.ts';
import type { Terminal } from '../terminal.ts';

const MOST_ROWS = 10_000;

export const suggest: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const target = options.text('target') ?? '';
  const rows = options.integer('sample', 1, MOST_ROWS);
  const config = await readConfig(invocation);
  const known = targetNamed(config, target);
  if (known.protocol === 'ssh') throw noColumns(target);
  const policies = policiesOf(config, known);
  const consultation = await consultTarget(invocation, config, target);
  try {
    const catalog = await consultation.catalog.read([]);
    if (catalog === null) throw new HoopError('postgres.catalog', 'the target’s catalog could not be read');
    const masks = columnMasks(policies, catalog);
    const looked = rows === null ? NOT_LOOKED : await lookAtValues(consultation, catalog, masks, rows);
    const found = suggestMasks(catalog, masks, looked.samples);
    if (options.flag('json')) terminal.json({ version: 1, target, ...asJson(found, looked, rows) });
    else print(terminal, target, found, looked);
    return 0;
  } finally {
    consultation.close();
  }
};

function noColumns(target: string): HoopError {
  return new HoopError('cli.usage', `${target} is reached by SSH: masks of columns are suggested for databases`, {
    hint: 'mask: [{ detect: [private-key, jwt, aws-key], with: redact }]',
  });
}

interface Looked {
  readonly samples: ReadonlyMap<number, Samples>;
  /** Tables whose values the server did not give. */
  readonly refused: readonly { readonly table: string; readonly sqlstate: string }[];
}

const NOT_LOOKED: Looked = { samples: new Map(), refused: [] };

async function lookAtValues(
  consultation: Consultation,
  catalog: Catalog,
  masks: ColumnMasks | null,
  rows: number,
): Promise<Looked> {
  const samples = new Map<number, Samples>();
  const refused: { table: string; sqlstate: string }[] = [];
  for (const { relation, columns, withChildren } of samplings(catalog, masks)) {
    const { oid, schema, name } = relation;
    const sample = await consultation.sample({ schema, relation: name, columns, withChildren, rows });
    if (sample.ok) samples.set(oid, new Map(columns.map((column, index) => [column, sample.values[index] ?? []])));
    else refused.push({ table: columnName([schema, name]), sqlstate: sample.sqlstate });
  }
  return { samples, refused };
}

function asJson(
  { suggestions, tables, columns, masked }: Suggestions,
  { refused }: Looked,
  rows: number | null,
): Readonly<Record<string, unknown>> {
  return {
    suggestions: suggestions.map((one) => ({
      schema: one.schema,
      table: one.relation,
      column: one.column,
      rule: { column: columnName([one.schema, one.relation, one.column]), with: one.with },
      kind: one.kind.name,
      because: one.because,
    })),
    examined: { tables, columns, masked },
    sample: rows === null ? null : { rows, refused },
  };
}

/** As deep as rules stand in a hoopctl.yaml. */
const INDENT = ' '.repeat(6);

function print(terminal: Terminal, target: string, found: Suggestions, { refused }: Looked): void {
  const { suggestions, tables, columns, masked } = found;
  terminal.progress(`${columns} columns of ${tables} tables; ${masked} masked already`);
  for (const { table, sqlstate } of refused) {
    terminal.warn(`the values of ${visible(table)} could not be looked at (SQLSTATE ${sqlstate})`);
  }
  if (suggestions.length === 0) {
    const rest =
      masked === 0 ? 'no column looks sensitive' : 'no other column looks sensitive than those masked already';
    terminal.line(`# ${visible(target)}: ${rest}`);
    return;
  }
  terminal.line(`${INDENT}# ${visible(target)}: to paste under mask: of a policy; leave out what is not sensitive`);
  for (const one of suggestions) {
    const rule = ruleYaml(columnName([one.schema, one.relation, one.column]), one.with);
    terminal.line(`${INDENT}- ${rule} ${terminal.style('dim', `# ${whyOf(one)}`)}`);
  }
}

function whyOf({ kind, because: { name, type, values } }: MaskSuggestion): string {
  const reasons = [
    ...(name ? ['its name'] : []),
    ...(type ? ['its type'] : []),
    ...(values === null ? [] : [`${values.matching} of ${values.of} values`]),
  ];
  return `${kind.title}, by ${reasons.join(' and ')}`;
}
