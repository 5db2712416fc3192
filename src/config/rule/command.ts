import { CHANNELS, OPERATIONS } from '../../core/action.ts';
import type { Compiled } from '../../policy/pattern.ts';
import type { CommandRule, Pattern } from '../../policy/rules.ts';
import { compileArgument, compilePath, compileProgram } from '../../policy/shell/pattern.ts';
import { optional } from '../keyed.ts';
import { choice, mismatch, oneOrMore, refine, type Shape, text } from '../shape.ts';
import { pathFault } from './paths.ts';

const program = pattern('a program such as "rm", or an absolute path', compileProgram, (value) =>
  value.startsWith('/') || !value.includes('/')
    ? null
    : `is a relative path: write "${value.slice(value.lastIndexOf('/') + 1)}", which is that program wherever it lies, or an absolute path`,
);

const path = pattern('an absolute path such as "/etc/passwd" or "/srv/**"', compilePath, (value) =>
  value.length > 1 && value.endsWith('/')
    ? `ends in "/": write "${value}**" for a directory with all that is in it, or leave the "/" out`
    : pathFault(value),
);

const argument = pattern('a flag or a word such as "--force"', compileArgument, () => null);

const opaque: Shape<true> = {
  expected: 'true',
  schema: { const: true },
  read(node, report, at) {
    if (node.kind === 'scalar' && node.value === true) return true;
    if (node.kind === 'scalar' && node.value === false) {
      return report.add(node.at, `${at}: no rule is for what can be known alone: write true, or leave the key out`);
    }
    return mismatch(node, report, at, 'true');
  },
};

/** What a rule says of commands, files and channels over SSH. */
export const commandFields = {
  program: optional(oneOrMore(program), null, 'Programs that a command runs: by name, or by absolute path.'),
  args: optional(
    oneOrMore(argument),
    null,
    'Words of a command: flags, in whatever spelling, or other words; all that stand in one text, any text of a list.',
  ),
  path: optional(
    oneOrMore(path),
    null,
    'Files and directories: * stays within a name; /srv/** is /srv with all that is in it.',
  ),
  operation: optional(
    oneOrMore(choice(OPERATIONS, 'operation')),
    null,
    'What is done to a path, through SFTP or by a command as far as it is known.',
  ),
  opaque: optional(opaque, null, 'Only what cannot be known before it runs.'),
  channel: optional(oneOrMore(choice(CHANNELS, 'channel')), null, 'Where: on which channel of the connection.'),
} as const;

/** The keys of a rule that are about SSH, as read. */
type CommandKeys = {
  readonly [K in keyof typeof commandFields]: (typeof commandFields)[K]['shape'] extends Shape<infer T>
    ? T | null
    : never;
};

/** Takes the keys about SSH together; nothing when none of them is there. */
export function commandOf(keys: CommandKeys): { readonly command?: CommandRule } {
  const { opaque: onlyOpaque, ...rest } = keys;
  if (onlyOpaque === null && Object.values(rest).every((value) => value === null)) return {};
  return { command: { ...rest, opaque: onlyOpaque ?? false } };
}

/** `fault`: what is wrong with the text before it is compiled; null when nothing is. */
function pattern<P extends Pattern>(
  expected: string,
  compile: (source: string) => Compiled<P>,
  fault: (source: string) => string | null,
): Shape<P> {
  return refine(text({ expected, longest: 512 }), (value, node, report, at) => {
    const wrong = fault(value);
    if (wrong !== null) return report.add(node.at, `${at} ${wrong}`);
    const compiled = compile(value);
    return compiled.ok ? compiled.value : report.add(node.at, `${at}: the pattern ${compiled.reason}`);
  });
}
