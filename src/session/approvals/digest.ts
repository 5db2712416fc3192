import { createHash } from 'node:crypto';
import type { Action, Effect } from '../../core/action.ts';
import type { Asked } from '../../core/approver.ts';
import type { ApprovalRequest } from '../../core/request.ts';
import { FUNCTIONS, RELATIONS } from '../../policy/kinds.ts';
import { templateOf } from '../../policy/sql/literals.ts';

/** All of a request that an answer is about, but for its digest and what may still be found out of it. */
export type Bound = Omit<ApprovalRequest, 'digest' | 'preview'>;

/**
 * SHA-256, in hex, of what an answer binds: who asks, of which target, the exact bytes that would be sent, the text, the
 * variables that are set for it, the values and their types, what policy made of it, the code it leads to, under which
 * policies, at which place of the record, until when.
 */
export function digestOf(
  bound: Bound,
  { bytes, parameterTypes, ground }: Pick<Asked, 'bytes' | 'parameterTypes' | 'ground'>,
): string {
  const hash = createHash('sha256');
  hash.update(canonical({ ...bound, parameterTypes, ground, length: bytes.length }));
  hash.update(bytes);
  return hash.digest('hex');
}

const ROWS: ReadonlySet<Action> = new Set<Action>(['select', 'insert', 'update', 'delete', 'merge']);

/**
 * What statements must have in common for one grant to hold for all of them. Effects may not differ. Values may, where
 * nothing but rows is read and changed; in anything else (code, settings, roles, files, passwords) a value is what is done.
 */
export function likeness(asked: Asked): string {
  const { text, variables = [], parameters, parameterTypes, effects, masked, ground, terms, phase } = asked;
  const values = effects.every(concernsRows);
  const said = values ? [templateOf(text)?.skeleton ?? text] : [text, parameters];
  return canonical([values, said, variables, parameterTypes, effects, masked, ground, terms, phase === 'query']);
}

/**
 * Of what reads and changes rows of a table that is known, values say which rows, and what is in them. A function of
 * somebody's own that was followed does nothing but what its other effects say.
 */
function concernsRows({ action, object, schema, name, opaque }: Effect): boolean {
  if (opaque || object === null || name === null) return false;
  if (RELATIONS.includes(object)) return ROWS.has(action);
  const called = FUNCTIONS.includes(object) && (action === 'call' || action === 'select');
  return called && schema !== null && schema !== 'pg_catalog';
}

/** A statement with its values left out; the whole text where they cannot be told apart for sure, as in a command. */
export function shapeOf({ text, effects }: Pick<Asked, 'text' | 'effects'>): string {
  if (effects.some(({ command }) => command !== undefined)) return text;
  return templateOf(text)?.skeleton.replaceAll(/[\u0001\u0002]/gu, '?') ?? text;
}

/** JSON with the keys in the order of the alphabet: the same for the same content. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}
