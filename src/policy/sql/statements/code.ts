import { type At, emit, noteFunction, objectName, through, unsettle } from '../context.ts';
import { PURE } from '../builtins/pure.ts';
import { call } from '../functions.ts';
import { codeOf, followFunction, followSource } from '../follow.ts';
import { touch, visitRule } from '../relations.ts';
import { creationSchema, functionsNamed, relationsOf } from '../resolve.ts';
import { childScope } from '../scope.ts';
import { type Body, bodyAt, definitions, nameParts, requiredText } from '../tree.ts';
import { addOther, addSource, type Handler, visitFields, visitList } from '../walk.ts';

function createFunction(body: Body, at: At): void {
  const parts = nameParts(body['funcname'] ?? []);
  const name = parts.at(-1) ?? '';
  const schema = parts.at(-2) ?? creationSchema(at.names);
  const object = body['is_procedure'] === true ? 'procedure' : 'function';
  at.run.restsOnCatalog = true;
  unsettle(at.run);
  emit(at, { action: 'create', object, schema, name, certain: schema !== null });
  // The search path may say outright that new functions go among the server's own.
  if (parts.length === 1 && PURE.has(name)) {
    emit(at, { action: 'create', object, schema: 'pg_catalog', name, certain: false });
  }
  if (body['replace'] === true) {
    for (const one of functionsNamed(parts, at.names).functions) {
      emit(at, { action: 'alter', object, schema: one.schema, name, certain: parts.length > 1 });
    }
  }
  visitList(body['parameters'], at);
  if (body['returnType'] !== undefined) at.run.visit({ TypeName: body['returnType'] }, at);
  const inside = through(withSettings(body['options'], at), `${object} ${objectName(schema, name)}`);
  visitBody(body, { ...inside, scope: childScope(null) }, { object, schema, name });
}

/** A function runs under settings of its own: where they touch the search path, names may mean anything. */
function withSettings(options: unknown, at: At): At {
  const path = definitions(options).some(({ name }) => name === 'set' || name === 'security');
  if (!path) return at;
  const names = { ...at.names, current: false };
  return { ...at, names, dynamic: names };
}

interface Created {
  readonly object: 'function' | 'procedure';
  readonly schema: string | null;
  readonly name: string;
}

function visitBody(body: Body, at: At, created: Created): void {
  for (const { name, value } of definitions(body['options'])) if (name === 'set') at.run.visit(value, at);
  if (body['sql_body'] !== undefined) {
    at.run.visit(body['sql_body'], at);
    return;
  }
  const { language, source } = codeOf(body['options']);
  const known = language !== null && source !== null && source !== '';
  const outcome = known ? followSource(language, source, at.text, at) : 'opaque';
  // What it would do cannot be judged when it is called, so its making is judged like the call.
  if (outcome === 'opaque') emit(at, { action: 'call', ...created, opaque: true });
  noteFunction(at.run, { schema: created.schema, name: created.name, knowledge: outcome });
}

/** The body as a function of its own; the quoting tag is one that the body does not hold. */
function plpgsqlFunction(source: string): string {
  let tag = '$code$';
  for (let count = 0; source.includes(tag); count += 1) tag = `$code${count}$`;
  return `CREATE FUNCTION code() RETURNS void LANGUAGE plpgsql AS ${tag}${source}${tag}`;
}

function doBlock(body: Body, at: At): void {
  const { language, source } = codeOf(body['args']);
  at.run.restsOnCode = true;
  const name = language ?? 'plpgsql';
  const followed =
    name === 'plpgsql' && source !== null && source !== ''
      ? followSource(name, source, plpgsqlFunction(source), through(at, 'DO'))
      : 'opaque';
  emit(at, { action: 'do', object: 'function', opaque: followed === 'opaque' });
}

function callProcedure(body: Body, at: At): void {
  at.run.visit({ FuncCall: bodyAt(body['funccall']) }, at);
}

function createTrigger(body: Body, at: At): void {
  const range = bodyAt(body['relation']);
  const target = relationsOf(range, at.names);
  unsettle(at.run);
  const name = requiredText(body['trigname']);
  for (const { schema } of target.candidates) {
    emit(at, { action: 'create', object: 'trigger', schema, name, certain: target.certain });
  }
  touch(target, { action: 'alter', columns: 'all' }, at);
  const inside: At = { ...through(at, `trigger ${name}`), scope: childScope(null) };
  visitFields('CreateTrigStmt', body, inside, ['relation', 'constrrel']);
  if (body['constrrel'] !== undefined)
    touch(relationsOf(bodyAt(body['constrrel']), at.names), { action: 'alter', columns: 'all' }, at);
  followByName(nameParts(body['funcname'] ?? []), inside);
}

/** Built-in trigger functions compare and fill rows in, and do nothing else. */
const TRIGGER_FUNCTIONS: ReadonlySet<string> = new Set([
  'suppress_redundant_updates_trigger',
  'tsvector_update_trigger',
  'tsvector_update_trigger_column',
]);

function followByName(parts: readonly string[], at: At): void {
  const { functions, name } = functionsNamed(parts, at.names);
  for (const one of functions) followFunction(one, at);
  if (functions.length === 0 && !TRIGGER_FUNCTIONS.has(name)) call(parts, [], at);
}

function createEventTrigger(body: Body, at: At): void {
  unsettle(at.run);
  const name = requiredText(body['trigname']);
  emit(at, { action: 'create', object: 'event-trigger', name });
  emit(at, { action: 'server-admin', object: 'system', name });
  followByName(nameParts(body['funcname'] ?? []), through(at, `event trigger ${name}`));
}

function createRule(body: Body, at: At): void {
  const range = bodyAt(body['relation']);
  const target = relationsOf(range, at.names);
  unsettle(at.run);
  const name = requiredText(body['rulename']);
  for (const { schema } of target.candidates) {
    emit(at, { action: 'create', object: 'rule', schema, name, certain: target.certain });
  }
  touch(target, { action: 'alter', columns: 'all' }, at);
  const inside: At = { ...through(at, `rule ${name}`), scope: childScope(null) };
  visitFields('RuleStmt', body, inside, ['relation', 'actions', 'whereClause']);
  visitRule(body, inside);
}

function createPolicy(body: Body, at: At): void {
  const range = bodyAt(body['table']);
  const target = relationsOf(range, at.names);
  unsettle(at.run);
  const name = requiredText(body['policy_name']);
  for (const { schema } of target.candidates) {
    emit(at, { action: 'create', object: 'policy', schema, name, certain: target.certain });
  }
  touch(target, { action: 'alter', columns: 'all' }, at);
  const inside: At = { ...through(at, `policy ${name}`), scope: childScope(null) };
  addSource(range, inside, false);
  addOther('new', inside.scope);
  visitFields('CreatePolicyStmt', body, inside, ['table']);
}

export const CODE: Readonly<Record<string, Handler>> = {
  CreateFunctionStmt: createFunction,
  DoStmt: doBlock,
  CallStmt: callProcedure,
  CreateTrigStmt: createTrigger,
  CreateEventTrigStmt: createEventTrigger,
  RuleStmt: createRule,
  CreatePolicyStmt: createPolicy,
};
