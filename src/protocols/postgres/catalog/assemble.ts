import type { Catalog, CatalogFunction, CatalogRelation, CatalogType, WriteEvent } from '../../../core/catalog.ts';
import { HoopError } from '../../../core/errors.ts';
import type {
  CastRow,
  ChildRow,
  CodeRow,
  FunctionRow,
  Fingerprint,
  KeyRow,
  OperatorRow,
  RelationRow,
  Row,
  RuleRow,
  TriggerRow,
  TypeRow,
} from './rows.ts';

type Draft<T> = { -readonly [Key in keyof T]: T[Key] extends readonly (infer Item)[] ? Item[] : T[Key] };

const KINDS: Readonly<Record<string, CatalogRelation['kind'] | undefined>> = {
  r: 'table',
  p: 'table',
  v: 'view',
  m: 'materialized-view',
  f: 'foreign-table',
  S: 'sequence',
  i: 'index',
  I: 'index',
  c: 'type',
};

const FUNCTION_KINDS: Readonly<Record<string, CatalogFunction['kind'] | undefined>> = {
  f: 'function',
  p: 'procedure',
  a: 'aggregate',
  w: 'window',
};

/** Bits of pg_trigger.tgtype. */
const TRIGGER_EVENTS: readonly (readonly [number, WriteEvent])[] = [
  [4, 'insert'],
  [8, 'delete'],
  [16, 'update'],
  [32, 'truncate'],
];

/** pg_constraint.confdeltype and confupdtype: what a change of the parent does to the child. */
const CASCADES: Readonly<Record<string, 'own' | 'update' | undefined>> = { c: 'own', n: 'update', d: 'update' };

const unknown = (what: string): HoopError =>
  new HoopError('postgres.catalog', `the catalog has a ${what} of a kind that is not known`, {
    hint: 'This server may be newer than this version of hoopctl; look for an update.',
  });

/** Puts the rows together. Rows about relations that have gone in the meantime are left out. */
class Assembly {
  readonly #relations = new Map<number, Draft<CatalogRelation>>();
  readonly #functions: CatalogFunction[] = [];
  readonly #types = new Map<number, Draft<CatalogType>>();
  readonly #operators: Catalog['operators'][number][] = [];
  readonly #casts: Catalog['casts'][number][] = [];

  constructor(rows: readonly Row[]) {
    for (const row of rows) if (row.row === 'relation') this.#relation(row);
    for (const row of rows) if (row.row === 'type') this.#type(row);
    for (const row of rows) this.#take(row);
  }

  #take(row: Row): void {
    switch (row.row) {
      case 'relation':
      case 'type':
        return;
      case 'rule':
        return this.#rule(row);
      case 'trigger':
        return this.#trigger(row);
      case 'key':
        return this.#key(row);
      case 'child':
        return this.#child(row);
      case 'code':
        return this.#code(row);
      case 'function':
        return this.#function(row);
      case 'operator':
        return this.#operator(row);
      case 'cast':
        return this.#cast(row);
    }
  }

  #relation(row: RelationRow): void {
    const kind = KINDS[row.kind];
    if (kind === undefined) throw unknown('relation');
    const columns = (row.columns ?? []).map(([number, name, type, from]) =>
      from === null ? { number, name, type } : { number, name, type, generatedFrom: from },
    );
    const { oid, schema, name, temporary } = row;
    const definition = row.defined ? ({ kind: 'view', oid } as const) : null;
    const keyed = row.keyed ?? [];
    const lists = { rules: [], triggers: [], cascades: [], children: [], code: [] };
    this.#relations.set(oid, { oid, schema, name, kind, temporary, definition, columns, keyed, ...lists });
  }

  #type(row: TypeRow): void {
    const { oid, schema, name } = row;
    this.#types.set(oid, { oid, schema, name, code: [] });
  }

  #rule(row: RuleRow): void {
    this.#relations.get(row.relation)?.rules.push({ kind: 'rule', oid: row.rule });
  }

  #trigger(row: TriggerRow): void {
    const events = TRIGGER_EVENTS.filter(([bit]) => (row.type & bit) !== 0).map(([, event]) => event);
    this.#relations.get(row.relation)?.triggers.push({ events, function: row.function, deferrable: row.deferrable });
  }

  #key(row: KeyRow): void {
    const parent = this.#relations.get(row.parent);
    for (const on of ['delete', 'update'] as const) {
      const does = CASCADES[row[on]];
      if (does !== undefined) parent?.cascades.push({ on, child: row.child, does: does === 'own' ? on : does });
    }
    parent?.cascades.push({ on: 'truncate', child: row.child, does: 'truncate' });
  }

  #child(row: ChildRow): void {
    this.#relations.get(row.parent)?.children.push(row.child);
  }

  #code(row: CodeRow): void {
    this.#relations.get(row.relation)?.code.push(row.function);
    this.#types.get(row.type)?.code.push(row.function);
  }

  #function(row: FunctionRow): void {
    const kind = FUNCTION_KINDS[row.kind];
    if (kind === undefined) throw unknown('function');
    const { oid, schema, name, language, source, extension } = row;
    const definition = row.standard ? ({ kind: 'function', oid } as const) : row.definition;
    this.#functions.push({
      oid,
      schema,
      name,
      kind,
      language,
      definition,
      source,
      extension,
      argumentNames: row.argumentNames ?? [],
      settings: row.settings ?? [],
      parts: (row.parts ?? []).filter((part) => part !== 0),
      symbol: language === 'internal' ? source : null,
    });
  }

  #operator(row: OperatorRow): void {
    this.#operators.push({ schema: row.schema, name: row.name, functions: [row.function] });
  }

  #cast(row: CastRow): void {
    this.#casts.push({ source: row.source, target: row.target, function: row.function });
  }

  catalog(fingerprint: Fingerprint, version: string): Catalog {
    const { database, user, superuser, searchPath, temporarySchema, schemas, settings } = fingerprint;
    return {
      version,
      database,
      user,
      superuser,
      searchPath,
      temporarySchema,
      schemas,
      settings,
      relations: [...this.#relations.values()],
      functions: this.#functions,
      operators: this.#operators,
      types: [...this.#types.values()],
      casts: this.#casts,
    };
  }
}

/** @throws HoopError `postgres.catalog` for what this version does not know */
export function assemble(fingerprint: Fingerprint, version: string, rows: readonly Row[]): Catalog {
  return new Assembly(rows).catalog(fingerprint, version);
}
