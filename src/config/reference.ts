import { keyed, optional } from './keyed.ts';
import { BAD, listOf, type Report, refine, type Shape, text } from './shape.ts';
import type { Node } from './tree.ts';

/** Where a secret is kept. The file never holds the secret itself. */
export type SecretReference =
  /** Kept by hoopctl: an entry of the system's keychain, service `hoopctl`, or a file where there is no keychain. */
  | { readonly from: 'keychain'; readonly name: string }
  | { readonly from: 'env'; readonly variable: string }
  /** A file's whole content but for one line break at its end. */
  | { readonly from: 'file'; readonly path: string }
  /** What a command prints, but for one line break at its end. No shell is involved. */
  | { readonly from: 'exec'; readonly command: readonly string[] };

const NEVER_HERE =
  'a secret is never written here: use { keychain: NAME }, { env: VARIABLE }, { file: PATH } or { exec: [COMMAND, …] }';

const KINDS = ['keychain', 'env', 'file', 'exec'] as const;

/** One word of a command: arguments may be anything but empty. */
const word = text({ longest: 4096 });

const reference = keyed(
  {
    keychain: optional(
      text({ longest: 255 }),
      null,
      'The name of a secret that hoopctl keeps: an entry of the system keychain, service "hoopctl", or a file.',
    ),
    env: optional(
      text({ expected: 'the name of an environment variable', pattern: '^[A-Za-z_][A-Za-z0-9_]*$', longest: 255 }),
      null,
      'An environment variable.',
    ),
    file: optional(filePath(), null, 'A file that only its owner may read.'),
    exec: optional(listOf(word, 'command'), null, 'A command that prints the secret; run without a shell.'),
  },
  { what: 'a reference to a secret', exactlyOne: KINDS, discreet: true },
);

/** A reference to a secret, as the key `password` takes it. */
export const secretReference: Shape<SecretReference> = {
  expected: NEVER_HERE,
  schema: reference.schema,
  read(node: Node, report: Report, path: string) {
    if (node.kind !== 'map') return report.add(node.at, `${path}: ${NEVER_HERE}`);
    const value = reference.read(node, report, path);
    if (value === BAD) return BAD;
    if (value.keychain !== null) return { from: 'keychain', name: value.keychain };
    if (value.env !== null) return { from: 'env', variable: value.env };
    if (value.file !== null) return { from: 'file', path: value.file };
    return { from: 'exec', command: value.exec ?? [] };
  },
};

/** A path in the configuration: absolute, relative to the file's own directory, or below `~/`. */
export function filePath(): Shape<string> {
  const shape = text({ expected: 'the path of a file', longest: 4096 });
  return refine(shape, (value, node, report, path) =>
    value.endsWith('/') ? report.add(node.at, `${path} is a directory: expected the path of a file`) : value,
  );
}
