import { targetNamed } from '../../config/load.ts';
import { visible } from '../../core/visible.ts';
import type { Run } from '../command.ts';
import { readConfig } from '../configuration.ts';
import { guardingOf } from '../target-guarding.ts';
import { shownTarget } from '../target-view.ts';

export const show: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const config = await readConfig(invocation);
  const target = targetNamed(config, invocation.arguments[0] ?? '');
  const shown = shownTarget(target);
  const guards = guardingOf(config, target);
  if (options.flag('json')) {
    terminal.json({ version: 1, target: shown, enforces: guards });
    return 0;
  }
  for (const [key, value] of Object.entries(shown)) {
    const text = Array.isArray(value) ? value.join(', ') : String(value);
    terminal.line(`${terminal.style('bold', key.replace('hostKeys', 'host keys').padEnd(12))}${visible(text)}`);
  }
  terminal.line();
  for (const { what, enforced, note } of guards) {
    const mark = enforced ? terminal.style('green', 'enforced    ') : terminal.style('yellow', 'not enforced');
    terminal.line(`${mark}  ${what}: ${note}`);
  }
  return 0;
};
