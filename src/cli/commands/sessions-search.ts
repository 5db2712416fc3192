import { stateDirectory } from '../../config/paths.ts';
import { ruleLabel } from '../../core/decision.ts';
import { type SearchHit, searchSessions } from '../../record/search.ts';
import { visible } from '../../core/visible.ts';
import type { Run } from '../command.ts';
import { EXIT } from '../failure.ts';
import type { Terminal } from '../terminal.ts';

export const search: Run = async (invocation) => {
  const { terminal, options, env, home } = invocation;
  const target = options.text('target');
  const query = {
    text: invocation.arguments[0] ?? '',
    ...(target === null ? {} : { target }),
    ...(options.flag('denied') ? { refused: true } : {}),
  };
  let failures = 0;
  for await (const found of searchSessions(stateDirectory(env, home), query)) {
    if ('error' in found) {
      failures += 1;
      terminal.warn(`the record of ${found.session} could not be searched to its end: ${found.error.message}`);
    } else if (options.flag('json')) {
      const { time, ...hit } = found;
      terminal.json({ version: 1, ...hit, time: new Date(time).toISOString() });
    } else {
      printHit(terminal, found);
    }
  }
  if (failures > 0) terminal.progress('Try: hoopctl sessions verify');
  return failures > 0 ? EXIT.verification : EXIT.ok;
};

function printHit(terminal: Terminal, hit: SearchHit): void {
  const { session, number, time, target, text } = hit;
  const when = new Date(time).toISOString();
  terminal.line(
    `${terminal.style('bold', session)} #${number}  ${when}  ${visible(target)}  ${verdict(terminal, hit)}`,
  );
  terminal.line(`  ${visible(text ?? '(the text is further back in the record)')}`);
}

function verdict(terminal: Terminal, { decision, outcome }: SearchHit): string {
  if (decision.verdict === 'allow') return 'allowed';
  const rule = ruleLabel(decision.rule);
  if (decision.verdict === 'deny') return terminal.style('red', `refused by ${rule}`);
  const ended = `asked by ${rule}${outcome === null ? '' : `: ${outcome}`}`;
  return outcome === 'approved' ? ended : terminal.style(outcome === null ? 'yellow' : 'red', ended);
}
