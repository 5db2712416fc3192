import type { Action, Effect } from '../../core/action.ts';
import type { CatalogRelation } from '../../core/catalog.ts';
import type { Masking } from '../analysis.ts';
import type { ColumnMasks, MaskedColumn } from '../mask/columns.ts';
import { joinedMasking } from '../mask/joined.ts';
import type { Run } from './context.ts';
import { copyFormatOf } from './flow/copy-format.ts';
import { valueOf } from './flow/expression.ts';
import { type Flow, type FlowAt, Untraced } from './flow/flow.ts';
import { WITHHELD } from './flow/hearsay.ts';
import { rowOf } from './flow/query.ts';
import { TOP } from './flow/row.ts';
import { type Shown, shownBy } from './flow/statement.ts';
import { exposureOf, type Value } from './flow/value.ts';
import type { Names } from './resolve.ts';

const NOTHING_MASKED: Masking = { delicate: false, columns: null, copy: null, refusal: null };

/** What masks make of a statement whose effects are known: each layer of them by itself, and then all that any hides. */
export function maskingOf(tree: unknown, run: Run, names: Names, masks: ColumnMasks | null): Masking | null {
  if (masks === null) return null;
  return masks.layers.map((layer) => maskingIn(tree, run, names, layer)).reduce(joinedMasking);
}

/**
 * Masked values are followed only where a masked column is read, or what belongs to it is changed: all other statements
 * cannot bring any out.
 */
function maskingIn(tree: unknown, run: Run, names: Names, masks: ColumnMasks): Masking {
  const effects = [...run.effects.values()];
  if (!effects.some((effect) => isWithinReach(effect, masks))) return NOTHING_MASKED;
  const told = carriedElsewhere(effects, masks) ?? comparedByKeys(effects, masks);
  if (told !== null) return { ...NOTHING_MASKED, delicate: true, refusal: told };
  if (!effects.some((effect) => reads(effect, masks))) return { ...NOTHING_MASKED, delicate: true };
  const reading = readingFunctions(effects, masks);
  const at: FlowAt = {
    flow: {
      catalog: run.catalog,
      masks,
      code: run,
      preparedTexts: run.preparedTexts,
      reading,
      followed: new Set(),
      valueOf,
      rowOf,
      views: new Map(),
      depth: 0,
    },
    names,
    level: TOP,
    parameters: null,
  };
  try {
    checkRules(effects, masks);
    const columns = columnsOf(shownBy(tree, at));
    checkUnseen(at.flow);
    return { ...NOTHING_MASKED, delicate: true, columns, copy: columns === null ? null : copyOf(tree, columns) };
  } catch (error) {
    if (!(error instanceof Untraced)) throw error;
    const { columns, act, instead } = error;
    return { ...NOTHING_MASKED, delicate: true, refusal: { columns: columns.map(nameOf), act, instead } };
  }
}

const FILLING: ReadonlySet<Action> = new Set<Action>(['insert', 'update', 'merge']);

/**
 * Code behind a table is handed its rows, and copies of them are its owner's business. But by a name alone it may write
 * to another table than was meant: to a temporary one, or one in a schema that is searched before.
 */
function carriedElsewhere(effects: readonly Effect[], masks: ColumnMasks): Masking['refusal'] {
  if (!masks.strict) return null;
  for (const { action, name, certain, via } of effects) {
    const code = via.findLast((step) => step.startsWith(FUNCTION))?.slice(FUNCTION.length);
    if (!FILLING.has(action) || name === null || code === undefined || isTrusted(code, masks)) continue;
    if (certain && masks.named(null, name).length <= 1) continue;
    return { columns: [], act: `may be kept by the function ${code} in any table called ${name}`, instead: TRUST };
  }
  return null;
}

const FUNCTION = 'function ';

function isTrusted(code: string, masks: ColumnMasks): boolean {
  const [schema = '', ...rest] = code.split('.');
  return masks.trusts(schema, rest.join('.'));
}

const KEYED: ReadonlySet<Action> = new Set<Action>(['insert', 'update', 'copy-in']);

/** A unique value that is there already, or a referenced one that is not, is an error. */
function comparedByKeys(effects: readonly Effect[], masks: ColumnMasks): Masking['refusal'] {
  if (masks.inference !== 'refuse') return null;
  for (const effect of effects) {
    if (!KEYED.has(effect.action) || effect.columns === null) continue;
    const { columns } = effect;
    for (const relation of relationsOf(effect, masks)) {
      const compared = [...(masks.of(relation)?.values() ?? [])].filter(({ name }) => isKeyed(relation, name));
      const written = compared.filter(({ name }) => columns === 'all' || columns.includes(name));
      if (written.length > 0) {
        return {
          columns: written.map(nameOf),
          act: 'are compared with what is written by a key',
          instead: 'Leave the column out.',
        };
      }
    }
  }
  return null;
}

function isKeyed({ keyed, columns }: CatalogRelation, name: string): boolean {
  const number = columns.find((column) => column.name === name)?.number;
  // A key made of expressions may be made of any column.
  return keyed?.some((one) => one === number || one === 0) === true;
}

/** A rule's own query answers besides the statement's, or instead of it. */
function checkRules(effects: readonly Effect[], masks: ColumnMasks): void {
  const byRule = effects.some((effect) => effect.via.includes('rule') && reads(effect, masks));
  if (byRule && masks.strict) throw new Untraced([], 'are read by a rule', 'Leave the table with the rule out of it.');
}

/** Defaults, triggers, policies, casts: what runs without being called is not seen by who follows the statement. */
function checkUnseen({ reading, followed, masks }: Flow): void {
  for (const name of masks.strict ? reading : []) {
    if (followed.has(name) || isTrusted(name, masks)) continue;
    throw new Untraced([], `are read by the function ${name}, which runs unseen`, TRUST);
  }
}

const TRUST = 'Leave its table out of it, or have the function listed in trusted_functions.';

function columnsOf(shown: Shown): Masking['columns'] {
  if (shown === 'clear') return null;
  return shown.map(({ name, value }) => ({
    name,
    exposure: exposureOf(value),
    type: typeOf(value),
    sources: (value?.sources ?? []).map(nameOf),
  }));
}

/** Only what is shown as it stands is known to be of the column's own type. */
function typeOf(value: Value): number {
  return value?.form === 'verbatim' ? (value.sources[0]?.type ?? UNKNOWN_TYPE) : UNKNOWN_TYPE;
}

/** No type is numbered so. */
const UNKNOWN_TYPE = 0;

function copyOf(tree: unknown, columns: NonNullable<Masking['columns']>): Masking['copy'] {
  const format = copyFormatOf(
    tree,
    columns.map(({ name }) => name),
  );
  return format === null ? null : { format, types: columns.map(({ type }) => type) };
}

const nameOf = ({ schema, relation, name }: MaskedColumn): string => `${schema}.${relation}.${name}`;

function relationsOf({ schema, name, certain }: Effect, masks: ColumnMasks): readonly CatalogRelation[] {
  return name === null ? [] : masks.named(certain ? schema : null, name).filter((one) => mayHold(one, masks));
}

/** What a materialized view has kept is known when its definition is. */
function mayHold(relation: CatalogRelation, masks: ColumnMasks): boolean {
  return relation.kind === 'materialized-view' || masks.of(relation) !== null;
}

/** The server samples all columns, repeats what other sessions say, and keeps what passwords are checked by. */
function isHearsay({ action, name, columns, object }: Effect): boolean {
  if (action !== 'select') return false;
  return (name !== null && WITHHELD.has(name)) || (name === null && object === 'table' && columns === 'all');
}

function isWithinReach(effect: Effect, masks: ColumnMasks): boolean {
  return isHearsay(effect) || reshapes(effect, masks) || relationsOf(effect, masks).length > 0;
}

function reads(effect: Effect, masks: ColumnMasks): boolean {
  if (isHearsay(effect) || reshapes(effect, masks)) return true;
  const { action, columns } = effect;
  if ((action !== 'select' && action !== 'copy-out') || columns === null) return false;
  return relationsOf(effect, masks).some((relation) => {
    const masked = masks.of(relation);
    return masked === null || columns === 'all' || columns.some((column) => masked.has(column));
  });
}

/** Masks are told by names: with other names, or as part of something else, columns would come out from under them. */
function reshapes(effect: Effect, masks: ColumnMasks): boolean {
  if (effect.action !== 'alter') return false;
  if (effect.object === 'schema' && effect.name !== null) return masks.within(effect.name);
  return relationsOf(effect, masks).some((relation) => masks.of(relation) !== null);
}

/** Functions that were gone into on the way to something masked. */
function readingFunctions(effects: readonly Effect[], masks: ColumnMasks): ReadonlySet<string> {
  const found = new Set<string>();
  for (const effect of effects) {
    if (!reads(effect, masks)) continue;
    for (const step of effect.via) if (step.startsWith(FUNCTION)) found.add(step.slice(FUNCTION.length));
  }
  return found;
}
