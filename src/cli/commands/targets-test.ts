import { targetNamed } from '../../config/load.ts';
import type { ProtocolName } from '../../core/target.ts';
import { visible } from '../../core/visible.ts';
import type { Run } from '../command.ts';
import { readConfig } from '../configuration.ts';
import { checkTarget, type TargetCheck } from '../target-check.ts';
import { targetFacts } from '../target-facts.ts';
import type { Terminal } from '../terminal.ts';

export const test: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const config = await readConfig(invocation);
  const names = invocation.arguments.length > 0 ? invocation.arguments : [...config.targets.keys()];
  for (const name of names) targetNamed(config, name);
  const checks = await Promise.all(names.map((name) => checkTarget(invocation, config, name)));
  if (options.flag('json')) terminal.json({ version: 1, targets: checks });
  else for (const check of checks) printCheck(terminal, check, targetNamed(config, check.target).protocol);
  const failed = checks.find(({ error }) => error !== null);
  if (failed !== undefined && !options.flag('json')) {
    terminal.progress(`Try: ${failed.error?.hint ?? 'hoopctl doctor'}`);
  }
  return failed?.exit ?? 0;
};

function printCheck(terminal: Terminal, { target, report, error }: TargetCheck, protocol: ProtocolName): void {
  if (report === null) {
    terminal.line(`${terminal.style('red', 'failed')}  ${target}: ${visible(error?.message ?? '')}`);
    return;
  }
  const facts = targetFacts(report, protocol);
  terminal.line(`${terminal.style('green', 'ok')}      ${target}: ${visible(facts.join(', '))}`);
}
