import type { CopyFormat } from '../../../core/mask.ts';
import { type Body, bodyAt, definitions, listAt, mayBeOn, nameParts, nodeAt, textAt } from '../tree.ts';
import { Untraced } from './flow.ts';

const DEFAULTS = {
  text: { delimiter: '\t', null: '\\N' },
  csv: { delimiter: ',', null: '' },
} as const;

/** Options that say nothing of how rows are written. */
const IRRELEVANT: ReadonlySet<string> = new Set([
  'freeze',
  'log_verbosity',
  'force_not_null',
  'force_null',
  'on_error',
]);

/**
 * How COPY … TO writes its rows. `columns`: their names, as far as they are known.
 * @throws Untraced when that cannot be told
 */
export function copyFormat(body: Body, columns: readonly (string | null)[]): CopyFormat {
  const options = new Map<string, unknown>();
  for (const { name, value } of definitions(body['options'])) {
    if (!KNOWN.has(name) && !IRRELEVANT.has(name)) throw untold(`the option ${name}`);
    options.set(name, value);
  }
  const encoding = wordOf(options.get('encoding')) ?? 'utf8';
  if (encoding.replaceAll(/[^a-z0-9]/gu, '') !== 'utf8') throw untold(`the encoding ${encoding}`);
  const kind = wordOf(options.get('format')) ?? 'text';
  if (kind === 'binary') return { kind };
  if (kind !== 'text' && kind !== 'csv') throw untold(`the format ${kind}`);
  const shared = {
    delimiter: byteOf(options.get('delimiter'), DEFAULTS[kind].delimiter),
    null: stringOf(options.get('null')) ?? DEFAULTS[kind].null,
    header: options.has('header') && mayBeOn(options.get('header')),
  };
  if (kind === 'text') return { kind, ...shared };
  const quote = byteOf(options.get('quote'), '"');
  const escape = options.has('escape') ? byteOf(options.get('escape'), '"') : quote;
  return { kind, ...shared, quote, escape, forceQuote: quotedAlways(options.get('force_quote'), columns) };
}

const KNOWN: ReadonlySet<string> = new Set([
  'format',
  'delimiter',
  'null',
  'header',
  'quote',
  'escape',
  'force_quote',
  'encoding',
]);

const untold = (what: string): Untraced =>
  new Untraced([], `would be written by COPY with ${what}, which is not known here`, 'Leave the option out.');

function stringOf(tree: unknown): string | null {
  const node = nodeAt(tree);
  return node?.type === 'String' ? (textAt(node.body['sval']) ?? '') : null;
}

function wordOf(tree: unknown): string | null {
  return stringOf(tree)?.toLowerCase() ?? null;
}

function byteOf(tree: unknown, otherwise: string): number {
  const bytes = Buffer.from(tree === undefined ? otherwise : (stringOf(tree) ?? ''), 'utf8');
  const [byte] = bytes;
  if (byte === undefined || bytes.length !== 1) throw untold('a delimiter or quote of more than one byte');
  return byte;
}

function quotedAlways(tree: unknown, columns: readonly (string | null)[]): ReadonlySet<number> | 'all' {
  if (tree === undefined) return new Set();
  const node = nodeAt(tree);
  if (node?.type === 'A_Star') return 'all';
  const names = nameParts(node?.type === 'List' ? listAt(node.body['items']) : [tree]);
  return new Set(names.map((name) => columns.indexOf(name)).filter((index) => index >= 0));
}

/** Of a COPY statement that gives rows to the client; null for any other statement. */
export function copyFormatOf(tree: unknown, columns: readonly (string | null)[]): CopyFormat | null {
  const node = nodeAt(tree);
  return node?.type === 'CopyStmt' ? copyFormat(bodyAt(node.body), columns) : null;
}
