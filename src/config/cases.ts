import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Channel, CHANNELS } from '../core/action.ts';
import { errnoOf, HoopError } from '../core/errors.ts';
import type { PolicyCase } from '../policy/cases.ts';
import { requestEffects } from '../policy/channel-request.ts';
import { caseIdentity } from './case-identity.ts';
import { keyed, optional, required } from './keyed.ts';
import type { Config } from './load.ts';
import { InvalidFile } from './problems.ts';
import { BAD, type Bad, choice, listOf, type Located, located, quoted, Report, type Shape, text } from './shape.ts';
import { suggestion } from './suggest.ts';
import { parseYaml } from './yaml.ts';

type About = Pick<Config, 'targets' | 'identity'>;

/** The file's shape depends on what may be named in it. */
function fileAbout({ identity }: About): Shape<{ readonly cases: readonly Located<CaseKeys>[] }> {
  const anything = located(text({ longest: 1_000_000, lines: true }));
  const oneCase = keyed(
    {
      target: required(located(text({ longest: 63 })), 'The target whose policies judge.'),
      sql: optional(anything, null, 'Of a database: the statement, or several.'),
      command: optional(anything, null, 'Over SSH: the command line.'),
      channel: optional(located(choice(CHANNELS, 'channel')), null, 'Over SSH: the channel that is opened.'),
      request: optional(anything, null, 'What is asked for on that channel, such as "write /etc/passwd" of sftp.'),
      as: optional(caseIdentity(identity?.services ?? []), null, 'Who asks. Left out: whoever runs the cases.'),
      expect: required(choice(['allow', 'deny', 'ask'], 'word'), 'The verdict it must get.'),
      rule: optional(text(), null, 'The rule that must decide, such as production.deny[0].'),
    },
    { what: 'a case', exactlyOne: ['sql', 'command', 'channel'] },
  );
  return keyed(
    { cases: required(listOf(located(oneCase), 'list of cases'), 'What the policies must say.') },
    { what: 'cases' },
  );
}

interface CaseKeys extends Pick<PolicyCase, 'as' | 'expect' | 'rule'> {
  readonly target: Located<string>;
  readonly sql: Located<string> | null;
  readonly command: Located<string> | null;
  readonly channel: Located<Channel> | null;
  readonly request: Located<string> | null;
}

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
        hint: 'write cases there: cases: [{ target: NAME, sql: "DROP TABLE t", expect: deny }], or command: for SSH',
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
  const cases = read.cases.flatMap(({ value, at }): PolicyCase[] => {
    const asked = askedOf(value, about.targets, report);
    if (asked === BAD) return [];
    const { as, expect, rule, target } = value;
    const position = `${shown}:${at.line}:${at.column}`;
    return [{ target: target.value, ...asked, as, expect, rule, position }];
  });
  if (report.problems.length > 0) throw new InvalidFile(shown, report.problems);
  return cases;
}

/** What a case asks of its target, in its target's language. */
function askedOf(
  { target, sql, command, channel, request }: CaseKeys,
  targets: Config['targets'],
  report: Report,
): Pick<PolicyCase, 'text' | 'channel'> | Bad {
  const known = targets.get(target.value);
  if (known === undefined) {
    return report.add(target.at, `unknown target ${quoted(target.value)}${suggestion(target.value, targets.keys())}`);
  }
  if (request !== null && channel === null) {
    return report.add(request.at, '"request" says what is done on a channel: write channel: sftp, or the like, too');
  }
  if (sql !== null) {
    if (known.protocol !== 'ssh') return { text: sql.value, channel: null };
    return report.add(sql.at, `${quoted(target.value)} is reached by SSH: write command: "…" instead of sql`);
  }
  const at = command?.at ?? channel?.at ?? target.at;
  if (known.protocol !== 'ssh') {
    return report.add(at, `${quoted(target.value)} is a database: write sql: "…" instead`);
  }
  const asked = { text: command?.value ?? request?.value ?? '', channel: channel?.value ?? ('exec' as const) };
  const outcome = requestEffects(asked);
  return outcome.ok ? asked : report.add(request?.at ?? at, `the request ${outcome.reason}`);
}
