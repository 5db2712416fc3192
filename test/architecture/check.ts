import { dirname, join } from 'node:path/posix';
import { parseSync } from 'oxc-parser';
import { FORBIDDEN_NAMES, MOST_LINES, ROOMS } from './rooms.ts';

/** Source files by path from the repository's root, with `/` between the parts. */
export type Sources = ReadonlyMap<string, string>;

interface Import {
  readonly from: string;
  /** A path in the repository, or the package's name. */
  readonly to: string;
}

/** Every specifier a file names, however it does: `import`, `export … from`, `import()`, `import type`, `import('…').T`. */
function specifiers(path: string, text: string): readonly string[] {
  const { module, program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message ?? ''}`);
  const found = module.staticImports.map((one) => one.moduleRequest.value);
  for (const one of module.staticExports) {
    for (const entry of one.entries) if (entry.moduleRequest) found.push(entry.moduleRequest.value);
  }
  walk(program, (node) => {
    if (node['type'] === 'ImportExpression' || node['type'] === 'TSImportType') {
      const literal = literalOf(node['source'] ?? node['argument']);
      // What cannot be read cannot be checked.
      if (literal === null) throw new Error(`${path} imports what is not written down`);
      found.push(literal);
    }
  });
  return found;
}

type Node = Readonly<Record<string, unknown>>;

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null;
}

function walk(value: unknown, visit: (node: Node) => void): void {
  if (Array.isArray(value)) {
    for (const one of value) walk(one, visit);
  } else if (isNode(value)) {
    if (typeof value['type'] === 'string') visit(value);
    for (const child of Object.values(value)) walk(child, visit);
  }
}

function literalOf(node: unknown): string | null {
  if (!isNode(node)) return null;
  if (typeof node['value'] === 'string') return node['value'];
  return literalOf(node['literal']);
}

function importsOf(sources: Sources): readonly Import[] {
  return [...sources].flatMap(([from, text]) =>
    specifiers(from, text).map((specifier) => ({
      from,
      to: specifier.startsWith('.') ? join(dirname(from), specifier) : specifier,
    })),
  );
}

function roomOf(path: string): string | null {
  const [top, room, rest] = path.split('/');
  return top === 'src' && room !== undefined && rest !== undefined ? room : null;
}

/** `src/protocols/postgres/frames.ts` → `postgres`; null for the registry and other rooms. */
function protocolOf(path: string): string | null {
  const [, room, name, rest] = path.split('/');
  return room === 'protocols' && rest !== undefined ? (name ?? null) : null;
}

function checkImport({ from, to }: Import): string | null {
  const room = roomOf(from);
  const rules = room === null ? undefined : ROOMS[room];
  if (room === null || rules === undefined) return `${from}: there is no such room`;
  if (to.startsWith('node:')) {
    return rules.node === null || rules.node.includes(to) ? null : `${from}: ${room} may not import ${to}`;
  }
  if (!to.startsWith('src/')) return null;
  const other = roomOf(to);
  if (other === null) return `${from}: imports ${to}, which is in no room`;
  if (other !== room) return rules.imports.includes(other) ? null : `${from}: ${room} may not import ${other} (${to})`;
  const [own, foreign] = [protocolOf(from), protocolOf(to)];
  return own !== null && own !== foreign
    ? `${from}: one protocol may not import another, or the registry (${to})`
    : null;
}

/** Cycles, each as the path around it; an empty list when imports run one way. */
function cyclesOf(imports: readonly Import[]): readonly string[] {
  const next = Map.groupBy(imports, ({ from }) => from);
  const done = new Set<string>();
  const cycles: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) {
      cycles.push([...trail.slice(trail.indexOf(path)), path].join(' → '));
    } else if (!done.has(path)) {
      for (const { to } of next.get(path) ?? []) visit(to, [...trail, path]);
      done.add(path);
    }
  };
  for (const path of next.keys()) visit(path, []);
  return cycles;
}

/** Places that make one of session’s brands out of something else. */
function mintingIn(path: string, text: string): readonly string[] {
  const found: string[] = [];
  walk(parseSync(path, text).program, (node) => {
    const cast =
      node['type'] === 'TSAsExpression' || node['type'] === 'TSTypeAssertion' || node['type'] === 'TSTypePredicate';
    if (cast && mentionsBrand(node['typeAnnotation']))
      found.push(`${path}: only session/ may make a Judged, a Cleared or a Masked`);
  });
  return found;
}

const BRANDS: ReadonlySet<string> = new Set(['Judged', 'Cleared', 'Masked']);

function mentionsBrand(annotation: unknown): boolean {
  let mentioned = false;
  walk(annotation, (node) => {
    const name = node['type'] === 'TSTypeReference' && isNode(node['typeName']) ? node['typeName'] : null;
    const last = name !== null && isNode(name['right']) ? name['right'] : name;
    if (BRANDS.has(String(last?.['name']))) mentioned = true;
  });
  return mentioned;
}

function checkName(path: string): string | null {
  const bad = path.split('/').find((part) => FORBIDDEN_NAMES.includes(part.replace(/\..*$/, '')));
  if (bad !== undefined) return `${path}: the name ${bad} says nothing`;
  const odd = path.split('/').find((part) => !/^[a-z0-9.]+(?:-[a-z0-9.]+)*$/.test(part));
  return odd === undefined ? null : `${path}: the name ${odd} is not kebab-case`;
}

function checkLength(path: string, text: string): string | null {
  const lines = text.split('\n').length - 1;
  return lines > MOST_LINES ? `${path}: ${lines} lines, where ${MOST_LINES} are the limit` : null;
}

/** Everything in which the sources under `src/` are not as the house demands. */
export function violations(sources: Sources): readonly string[] {
  const imports = importsOf(sources);
  const known = new Set(sources.keys());
  const lost = imports.filter(({ to }) => to.startsWith('src/') && !known.has(to));
  const found = [
    ...lost.map(({ from, to }) => `${from}: ${to} does not exist`),
    ...imports.map(checkImport),
    ...cyclesOf(imports.filter(({ to }) => known.has(to))).map((cycle) => `cycle: ${cycle}`),
    ...[...sources].flatMap(([path, text]) => (roomOf(path) === 'session' ? [] : mintingIn(path, text))),
    ...checkFiles(sources),
  ];
  return found.filter((one) => one !== null);
}

/** Names and lengths, which tests must keep to as well. */
export function checkFiles(sources: Sources): readonly (string | null)[] {
  return [...sources].flatMap(([path, text]) => [checkName(path), checkLength(path, text)]);
}
