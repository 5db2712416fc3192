import type { AnalysisInput, AnalysisOutcome, Masking, Need, StatementAnalysis } from '../analysis.ts';
import type { At, Run } from './context.ts';
import { followImplicit } from './implicit.ts';
import { maskingOf } from './masking.ts';
import { FIRST_USER_OID } from './relations.ts';
import type { Names } from './resolve.ts';
import { childScope } from './scope.ts';
import { checkNames, checkShape } from './shape.ts';
import { type Body, nodeAt, statementsOf, Unintelligible } from './tree.ts';
import { visit } from './visit.ts';

/**
 * What a text would do, statement by statement. Pure and total: it never throws, and whatever it does
 * not understand makes the whole text unintelligible. Code that is not parsed yet comes back as needs;
 * the caller parses them and calls again with all it has parsed so far.
 */
export function analyse(input: AnalysisInput): AnalysisOutcome {
  try {
    return analyseText(input);
  } catch (error) {
    const reason = error instanceof Unintelligible ? error.message : 'the analysis failed';
    return { outcome: 'unintelligible', reason };
  }
}

function analyseText(input: AnalysisInput): AnalysisOutcome {
  const needs = new Map<string, Need>();
  const statements: StatementAnalysis[] = [];
  const prepared = new Map<string, string[]>();
  const bytes = Buffer.from(input.text, 'utf8');
  let current = input.catalogIsCurrent;
  let reshaped = false;
  let restsOnCode = false;
  let restsOnCatalog = false;
  for (const statement of statementsOf(input.tree)) {
    const before = current;
    const run = analyseStatement(statement, input, { bytes, current, reshaped, needs, prepared });
    current &&= !run.unsettles;
    reshaped ||= run.reshapes;
    restsOnCode ||= run.restsOnCode;
    restsOnCatalog ||= run.restsOnCatalog;
    const masking = maskingOf(statement['stmt'], run, namesOf(input, before), input.masks);
    statements.push(resultOf(statement, run, masking));
    rememberPrepared(run, prepared);
  }
  if (needs.size > 0) return { outcome: 'needs', needs: [...needs.values()] };
  return { outcome: 'analysis', analysis: { statements, restsOnCode, restsOnCatalog } };
}

interface SoFar {
  /** The whole text, as the server counts positions in it. */
  readonly bytes: Buffer;
  readonly current: boolean;
  /** An earlier statement of the text gave existing code other names. */
  readonly reshaped: boolean;
  readonly needs: Map<string, Need>;
  readonly prepared: ReadonlyMap<string, readonly string[]>;
}

function analyseStatement(statement: Body, input: AnalysisInput, soFar: SoFar): Run {
  const text = textOf(statement, soFar.bytes);
  const names = namesOf(input, soFar.current);
  const once = runStatement(statement, text, input, soFar, { names, dynamic: names });
  // Code that ran after names changed under it may have meant other things than the catalog says.
  const shifted = once.unsettles && once.restsOnCode && soFar.current;
  if (!shifted) return once;
  return runStatement(statement, text, input, soFar, { names, dynamic: namesOf(input, false) });
}

function runStatement(
  statement: Body,
  text: string,
  input: AnalysisInput,
  soFar: SoFar,
  resolution: { readonly names: Names; readonly dynamic: Names },
): Run {
  const run = startRun(input, soFar);
  const at: At = { run, ...resolution, scope: childScope(null), pins: null, via: [], planning: false, text };
  checkShape(statement['stmt']);
  checkNames(statement['stmt'], input.catalog.settings['server_encoding'] ?? 'UTF8');
  visit(statement['stmt'], at);
  followImplicit(nodeAt(statement['stmt'])?.type ?? '', at);
  return run;
}

function namesOf({ catalog }: AnalysisInput, current: boolean): Names {
  const path = catalog.searchPath.includes('pg_catalog') ? catalog.searchPath : ['pg_catalog', ...catalog.searchPath];
  return { catalog, path, current };
}

function startRun(input: AnalysisInput, { needs, prepared, reshaped }: SoFar): Run {
  return {
    catalog: input.catalog,
    parsed: input.parsed,
    needs,
    effects: new Map(),
    functions: new Map(),
    changes: [],
    followed: new Map(),
    acts: 0,
    preparedTexts: (name) => [...input.preparedTexts(name), ...(prepared.get(name) ?? [])],
    visit,
    depth: 0,
    restsOnCode: false,
    restsOnCatalog: false,
    evaluates: false,
    userTypes: input.parameterTypes?.some((type) => type >= FIRST_USER_OID) === true,
    reshapes: reshaped,
    unsettles: false,
  };
}

function resultOf(statement: Body, run: Run, masking: Masking | null): StatementAnalysis {
  const node = nodeAt(statement['stmt']);
  if (node === null) throw new Unintelligible('a statement was expected');
  return {
    kind: node.type,
    effects: [...run.effects.values()],
    functions: [...run.functions.values()],
    changes: run.changes.length === 0 ? [{ kind: 'none' }] : run.changes,
    masking,
  };
}

function rememberPrepared(run: Run, prepared: Map<string, string[]>): void {
  for (const change of run.changes) {
    if (change.kind !== 'prepare') continue;
    prepared.set(change.name, [...(prepared.get(change.name) ?? []), change.text]);
  }
}

/** Positions in the tree count bytes of UTF-8. */
export function textOf(statement: Body, bytes: Buffer): string {
  const start = numberOr(statement['stmt_location'], 0);
  const length = numberOr(statement['stmt_len'], 0);
  return bytes.subarray(start, length === 0 ? bytes.length : start + length).toString('utf8');
}

function numberOr(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}
