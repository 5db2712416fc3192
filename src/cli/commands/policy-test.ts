import { casesPath, loadCases } from '../../config/cases.ts';
import { HoopError } from '../../core/errors.ts';
import type { Identity } from '../../core/identity.ts';
import { judgeCase, type PolicyCase } from '../../policy/cases.ts';
import { visible } from '../../core/visible.ts';
import { openGrammar } from '../../session/grammar.ts';
import { whoIsKnown } from '../asking.ts';
import type { Run } from '../command.ts';
import { readConfig } from '../configuration.ts';
import { type Explainer, openExplaining } from '../explaining.ts';
import { EXIT } from '../failure.ts';
import type { Invocation } from '../invocation.ts';

export const test: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const config = await readConfig(invocation);
  const files = invocation.arguments.length > 0 ? invocation.arguments : [casesPath(config)];
  const cases: PolicyCase[] = [];
  for (const file of files) cases.push(...(await loadCases(file, config)));
  if (cases.length === 0) throw new HoopError('config.invalid', 'there is no case to test', { hint: 'write cases' });
  const grammar = openGrammar();
  const explainer = openExplaining(invocation, config, grammar);
  let known: Promise<Identity> | null = null;
  // Where every case says who asks, nobody has to have logged in.
  const self = (): Promise<Identity> => (known ??= whoIsKnown(invocation, config));
  let failed = 0;
  try {
    for (const one of cases) if (!(await runCase(invocation, explainer, one, self))) failed += 1;
  } finally {
    explainer.close();
    await grammar.close();
  }
  if (!options.flag('json')) terminal.line(`${cases.length - failed} passed, ${failed} failed`);
  if (failed > 0) terminal.progress('Try: hoopctl policy explain "STATEMENT" --target NAME');
  return failed > 0 ? EXIT.failure : EXIT.ok;
};

/** `self`: who runs the cases, for those that do not say who asks. */
async function runCase(
  { terminal, options }: Invocation,
  explainer: Explainer,
  one: PolicyCase,
  self: () => Promise<Identity>,
): Promise<boolean> {
  const { decision } = await explainer.judge(one.target, one.as ?? (await self()), one);
  const result = judgeCase(one, decision);
  if (options.flag('json')) {
    terminal.json({ version: 1, position: one.position, target: one.target, ...result });
    return result.passed;
  }
  const word = result.passed ? terminal.style('green', 'ok    ') : terminal.style('red', 'FAILED');
  terminal.line(`${word}  ${visible(one.position)}  ${visible(asked(one))}`);
  for (const difference of result.differences) terminal.line(`        ${visible(difference)}`);
  return result.passed;
}

function asked({ text, channel }: PolicyCase): string {
  return channel === null || channel === 'exec' ? text : `${channel} ${text}`.trim();
}
