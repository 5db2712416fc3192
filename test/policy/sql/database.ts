import { loadModule, parsePlPgSQLSync, parseSync } from 'libpg-query';
import type { Effect } from '../../../src/core/action.ts';
import type { Catalog, CatalogFunction, CatalogRelation, CatalogType } from '../../../src/core/catalog.ts';
import type { ParseOutcome } from '../../../src/core/grammar.ts';
import type { Analysis, AnalysisInput, AnalysisOutcome, Need } from '../../../src/policy/analysis.ts';
import type { ColumnMasks } from '../../../src/policy/mask/columns.ts';
import { analyse } from '../../../src/policy/sql/analyse.ts';

await loadModule();

export function parse(language: 'sql' | 'plpgsql', text: string): ParseOutcome {
  try {
    return { ok: true, tree: language === 'sql' ? parseSync(text) : parsePlPgSQLSync(text) };
  } catch (error) {
    return { ok: false, reason: 'syntax', message: String(error), position: null };
  }
}

let nextOid = 20_000;

export function relation(
  name: string,
  columns: readonly string[] = ['id'],
  more: Partial<CatalogRelation> = {},
): CatalogRelation {
  nextOid += 1;
  return {
    oid: nextOid,
    schema: 'app',
    name,
    kind: 'table',
    temporary: false,
    columns: columns.map((column, index) => ({ number: index + 1, name: column, type: 25 })),
    definition: null,
    rules: [],
    triggers: [],
    cascades: [],
    children: [],
    code: [],
    ...more,
  };
}

/** A function as the server would tell it, from its CREATE FUNCTION statement. */
export function routine(
  name: string,
  language: string,
  body: string,
  more: Partial<CatalogFunction> = {},
): CatalogFunction {
  nextOid += 1;
  const returns = more.symbol ?? 'void';
  return {
    oid: nextOid,
    schema: 'app',
    name,
    kind: 'function',
    language,
    definition: `CREATE OR REPLACE FUNCTION app.${name}()\n RETURNS ${returns}\n LANGUAGE ${language}\nAS $function$${body}$function$\n`,
    source: body,
    argumentNames: [],
    settings: [],
    extension: null,
    parts: [],
    symbol: null,
    ...more,
  };
}

export function type(name: string, code: readonly number[]): CatalogType {
  nextOid += 1;
  return { oid: nextOid, schema: 'app', name, code };
}

export function catalog(more: Partial<Catalog> = {}): Catalog {
  return {
    version: '1',
    database: 'shop',
    user: 'app_rw',
    superuser: false,
    searchPath: ['pg_catalog', 'app', 'public'],
    temporarySchema: null,
    schemas: ['app', 'public', 'audit'],
    relations: [],
    functions: [],
    operators: [],
    types: [],
    casts: [],
    settings: { server_version_num: '180000' },
    ...more,
  };
}

export const SHOP: Catalog = catalog({
  relations: [
    relation('users', ['id', 'name', 'email', 'ssn']),
    relation('orders', ['id', 'user_id', 'total']),
    relation('users', ['id', 'email'], { schema: 'audit' }),
  ],
});

export interface Asked {
  readonly catalog?: Catalog;
  readonly current?: boolean;
  readonly masks?: ColumnMasks | null;
  readonly prepared?: Readonly<Record<string, readonly string[]>>;
}

/** In these catalogs code stands as text. */
export function textOf({ text }: Need): string {
  if (typeof text !== 'string') throw new Error(`nobody prints ${text.kind} ${text.oid}`);
  return text;
}

/** Analyses a text, parsing whatever the analysis asks for, as the session does. */
export function outcomeOf(text: string, asked: Asked = {}): AnalysisOutcome {
  const parsed = new Map<string, ParseOutcome>();
  const outcome = parse('sql', text);
  if (!outcome.ok) throw new Error(`the test's own statement does not parse: ${outcome.message}`);
  const input: AnalysisInput = {
    tree: outcome.tree,
    text,
    catalog: asked.catalog ?? SHOP,
    catalogIsCurrent: asked.current ?? true,
    preparedTexts: (name) => asked.prepared?.[name] ?? [],
    masks: asked.masks ?? null,
    parsed,
  };
  for (let round = 0; round < 50; round += 1) {
    const result = analyse(input);
    if (result.outcome !== 'needs') return result;
    for (const need of result.needs) parsed.set(need.key, parse(need.language, textOf(need)));
  }
  throw new Error('the analysis asks for ever more');
}

export function analysisOf(text: string, asked: Asked = {}): Analysis {
  const outcome = outcomeOf(text, asked);
  if (outcome.outcome !== 'analysis') throw new Error(`no analysis: ${JSON.stringify(outcome)}`);
  return outcome.analysis;
}

export function effectsOf(text: string, asked: Asked = {}): readonly Effect[] {
  return analysisOf(text, asked).statements.flatMap(({ effects }) => effects);
}

/** One effect in a line: `delete table app.users(all) where=absent opaque uncertain < via`. */
export function line(effect: Effect): string {
  const name = [effect.schema, effect.name].map((part) => part ?? '?').join('.');
  const columns = effect.columns === null ? '' : `(${effect.columns === 'all' ? '*' : effect.columns.join(',')})`;
  return [
    effect.action,
    effect.object ?? '?',
    name + columns,
    effect.where === null ? null : `where=${effect.where}`,
    effect.opaque ? 'opaque' : null,
    effect.certain ? null : 'uncertain',
    effect.via.length === 0 ? null : `< ${effect.via.join(' < ')}`,
  ]
    .filter((part) => part !== null)
    .join(' ');
}

export function linesOf(text: string, asked: Asked = {}): readonly string[] {
  return effectsOf(text, asked).map(line);
}
