import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errnoOf, HoopError } from '../core/errors.ts';
import type { PolicyCase } from '../policy/cases.ts';
import { caseIdentity } from './case-identity.ts';
import { keyed, optional, required } from './keyed.ts';
import type { Config } from './load.ts';
import { InvalidFile } from './problems.ts';
import { BAD, choice, listOf, type Located, located, quoted, Report, type Shape, text } from './shape.ts';
import { suggestion } from './suggest.ts';
import { parseYaml } from './yaml.ts';

type About = Pick<Config, 'targets' | 'identity'>;

/** The file's shape depends on what may be named in it. */
function fileAbout({ identity }: About): Shape<{ readonly cases: readonly Located<CaseKeys>[] }> {
  const oneCase = keyed(
    {
      target: required(located(text({ longest: 63 })), 'The target whose policies judge.'),
      sql: required(text({ longest: 1_000_000, lines: true }), 'The statement, or several.'),
      as: optional(caseIdentity(identity?.services ?? []), null, 'Who asks. Left out: whoever runs the cases.'),
      expect: required(choice(['allow', 'deny', 'ask'], 'word'), 'The verdict it must get.'),
      rule: optional(text(), null, 'The rule that must decide, such as production.deny[0].'),
    },
    { what: 'a case' },
  );
  return keyed(
    { cases: required(listOf(located(oneCase), 'list of cases'), 'What the policies must say.') },
    { what: 'cases' },
  );
}

type CaseKeys = Omit<PolicyCase, 'target' | 'position'> & { readonly target: Located<string> };

/** Where the cases of a configuration are kept: `hoopctl.test.yaml` beside it. */
export function casesPath(config: Config): string {
  return join(dirname(config.path), 'hoopctl.test.yaml');
}

/**
 * Reads a file of policy cases; every target must be one of the configuration's.
 * @throws HoopError `config.missing`; `config.invalid` as `InvalidFile`
 */
export async function loadCases(path: string, config: Config): Promise<readonly PolicyCase[]> {
  let content: string;
  try {
    content = await readFile(path, 'utf8');
  } catch (error) {
    const missing = errnoOf(error) === 'ENOENT';
    throw new HoopError(
      missing ? 'config.missing' : 'config.invalid',
      `${path} ${missing ? 'does not exist' : 'cannot be read'}`,
      {
        cause: error,
        hint: 'write cases there: cases: [{ target: NAME, sql: "DROP TABLE t", expect: deny }]',
      },
    );
  }
  return parseCases(content, path, config);
}

/**
 * @param about the configuration whose policies the cases are about
 * @throws InvalidFile
 */
export function parseCases(content: string, shown: string, about: About): readonly PolicyCase[] {
  const { tree, problems } = parseYaml(content);
  if (tree === null) throw new InvalidFile(shown, problems);
  const report = new Report();
  const read = fileAbout(about).read(tree, report, '');
  if (read === BAD) throw new InvalidFile(shown, report.problems);
  const targets = [...about.targets.keys()];
  for (const { value } of read.cases) {
    const { target } = value;
    if (!targets.includes(target.value)) {
      report.add(target.at, `unknown target ${quoted(target.value)}${suggestion(target.value, targets)}`);
    }
  }
  if (report.problems.length > 0) throw new InvalidFile(shown, report.problems);
  return read.cases.map(({ value, at }) => ({
    ...value,
    target: value.target.value,
    position: `${shown}:${at.line}:${at.column}`,
  }));
}
