import {
  type Document,
  isAlias,
  isScalar,
  isSeq,
  LineCounter,
  type ParsedNode,
  parseDocument,
  type YAMLError,
} from 'yaml';
import { type Entry, type Node, type Position, type Problem, START } from './tree.ts';

/** Far beyond any real file. The parser's check for duplicate keys is quadratic: more would cost seconds. */
export const LARGEST_FILE = 256 * 1024;

/** Deeper than anything the format has: what nests further was written to exhaust the reader. */
const DEEPEST = 32;

export interface Parsed {
  /** Null when the text cannot be read as YAML at all; `problems` then says why. */
  readonly tree: Node | null;
  readonly problems: readonly Problem[];
}

/**
 * Reads one YAML 1.2 document. Only plain maps, lists and scalars are taken: anchors, aliases, tags
 * and further documents are problems, and so are duplicate keys. Never throws for what the text holds.
 */
export function parseYaml(text: string): Parsed {
  if (text.length > LARGEST_FILE) return failed(START, 'is larger than 256 KiB');
  if (text.includes('\0')) return failed(START, 'holds a NUL character: this is not a text file');
  if (nestsTooDeep(text)) return failed(START, `nests deeper than ${DEEPEST} levels`);
  const lines = new LineCounter();
  const position = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(line, 1), column: Math.max(col, 1) };
  };
  let document: Document.Parsed;
  try {
    document = parseDocument(text, { lineCounter: lines, prettyErrors: false, schema: 'core', version: '1.2' });
  } catch {
    // The parser gives up by throwing on a few inputs; to the user that is one more way of not being YAML.
    return failed(START, 'cannot be read as YAML');
  }
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const told = worthTelling(faults).map((fault) => ({ at: position(fault.pos[0]), message: wordsFor(fault) }));
    return { tree: null, problems: told };
  }
  return new Converter(position).convert(document.contents);
}

class Converter {
  readonly #position: (offset: number) => Position;
  readonly #problems: Problem[] = [];

  constructor(position: (offset: number) => Position) {
    this.#position = position;
  }

  convert(root: ParsedNode | null): Parsed {
    if (root === null) return failed(START, 'is empty');
    const tree = this.#node(root, 0);
    return { tree: this.#problems.length > 0 ? null : tree, problems: this.#problems };
  }

  #node(node: ParsedNode | null, depth: number): Node | null {
    if (node === null) return null;
    const at = this.#position(node.range[0]);
    if (depth > DEEPEST) return this.#fault(at, `nests deeper than ${DEEPEST} levels`);
    if (isAlias(node)) return this.#fault(at, 'aliases ("*name") are not accepted: write the value out');
    if (node.anchor !== undefined) this.#fault(at, 'anchors ("&name") are not accepted');
    if (node.tag !== undefined && !isImplied(node.tag)) this.#fault(at, 'tags ("!name") are not accepted');
    if (isScalar(node)) {
      if (node.value === null && node.source !== '') return { kind: 'scalar', at, value: null, explicit: true };
      return this.#scalar(node.value, at);
    }
    if (isSeq(node)) {
      const items = node.items.map((item) => this.#node(item, depth + 1));
      return { kind: 'list', at, items: items.filter((item) => item !== null) };
    }
    const entries = node.items.map(({ key, value }) => this.#entry(key, value, at, depth));
    return { kind: 'map', at, entries: entries.filter((entry) => entry !== null) };
  }

  #scalar(value: unknown, at: Position): Node | null {
    if (value === null || typeof value === 'string' || typeof value === 'boolean') {
      return { kind: 'scalar', at, value };
    }
    if (typeof value === 'number' && Number.isFinite(value)) return { kind: 'scalar', at, value };
    return this.#fault(at, 'is a value this file has no use for');
  }

  #entry(key: ParsedNode, value: ParsedNode | null, map: Position, depth: number): Entry | null {
    const read = this.#node(key, depth + 1);
    if (read === null) return null;
    if (read.kind !== 'scalar' || typeof read.value !== 'string') {
      return this.#fault(read.at ?? map, 'a key must be text: put it in quotes');
    }
    // `key:` with nothing behind it: the value is missing where the key ends.
    const empty: Node = { kind: 'scalar', at: read.at, value: null };
    return {
      key: read.value,
      keyAt: read.at,
      value: value === null ? empty : (this.#node(value, depth + 1) ?? empty),
    };
  }

  #fault(at: Position, message: string): null {
    this.#problems.push({ at, message });
    return null;
  }
}

/** The tags that the core schema gives by itself. */
function isImplied(tag: string): boolean {
  return /^tag:yaml\.org,2002:(?:map|seq|str|int|float|bool|null)$/u.test(tag);
}

function failed(at: Position, message: string): Parsed {
  return { tree: null, problems: [{ at, message }] };
}

/**
 * The parser recurses with the nesting: thousands of levels would overflow the stack. Counting brackets,
 * dashes and indentation over-estimates, which no real file comes near.
 */
function nestsTooDeep(text: string): boolean {
  let open = 0;
  for (const character of text) {
    if (character === '[' || character === '{') open++;
    else if (character === ']' || character === '}') open = Math.max(0, open - 1);
    if (open > DEEPEST) return true;
  }
  const indents: number[] = [];
  for (const [line] of text.matchAll(/^ *(?:[-?:] +)*(?=[^ \n\r])/gmu)) {
    if ((line.match(/[-?:]/gu)?.length ?? 0) > DEEPEST) return true;
    const indent = line.search(/[^ ]|$/u);
    while ((indents.at(-1) ?? -1) >= indent) indents.pop();
    indents.push(indent);
    if (indents.length > DEEPEST) return true;
  }
  return false;
}

/** Duplicate keys leave the structure as it is; after any other fault the parser has lost its way. */
function worthTelling(faults: readonly YAMLError[]): readonly YAMLError[] {
  const ordered = faults.toSorted((one, other) => one.pos[0] - other.pos[0]);
  const lost = ordered.findIndex((fault) => fault.code !== 'DUPLICATE_KEY');
  return lost < 0 ? ordered : ordered.slice(0, lost + 1);
}

/** The parser's own messages quote the text, which may be a password that was written into the file. */
function wordsFor(fault: YAMLError): string {
  switch (fault.code) {
    case 'DUPLICATE_KEY':
      return 'this key stands here twice';
    case 'TAB_AS_INDENT':
      return 'tabs cannot indent: use spaces';
    case 'BAD_ALIAS':
    case 'ALIAS_PROPS':
    case 'MULTIPLE_ANCHORS':
      return 'anchors and aliases are not accepted';
    case 'TAG_RESOLVE_FAILED':
    case 'MULTIPLE_TAGS':
      return 'tags ("!name") are not accepted';
    case 'MULTIPLE_DOCS':
      return 'only one document is accepted: remove "---"';
    case 'BAD_DIRECTIVE':
      return 'directives ("%") are not accepted';
    case 'BAD_INDENT':
      return 'is not indented like its neighbours';
    case 'MISSING_CHAR':
      return 'a character is missing here: a quote, a bracket, a colon or a comma';
    case 'BAD_DQ_ESCAPE':
      return 'holds an escape that double quotes do not know';
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
    case 'KEY_OVER_1024_CHARS':
    case 'NON_STRING_KEY':
      return 'is not a key: a key is one short line of text';
    case 'BLOCK_IN_FLOW':
      return 'an indented block cannot stand within brackets';
    case 'BAD_SCALAR_START':
      return 'begins with a character that YAML reserves: put it in quotes';
    case 'BAD_PROP_ORDER':
    case 'BAD_COLLECTION_TYPE':
    case 'IMPOSSIBLE':
    case 'RESOURCE_EXHAUSTION':
    case 'UNEXPECTED_TOKEN':
      return 'is not YAML that can be read';
  }
}
