import { expect, it } from 'vitest';
import type { Effect } from '../../src/core/action.ts';
import { Tally } from '../../src/cli/commands/exec/tally.ts';
import { opening, run, touch } from '../commands.ts';

type Observed = Parameters<Tally['decision']>[1];

function observed(effects: readonly Effect[], refusal: Observed['refusal'] = null): Observed {
  // What is counted hangs on no more of it.
  return { statement: { phase: 'query' }, judgement: { effects }, refusal } as unknown as Observed;
}

it('counts the commands of a session over SSH, and beside them what else was asked for', () => {
  const tally = new Tally();
  const refusal = { message: '', detail: '', hint: '', cause: 'denied' } as const;
  tally.decision('s', observed([run('uptime')]));
  tally.decision('s', observed([run('shred')], refusal));
  tally.decision('s', observed([opening('shell')]));
  tally.decision('s', observed([opening('env', ['LANG=C'])]));
  tally.decision('s', observed([touch('read', '/srv/a')]));
  tally.masked('s', 2);
  const session = { id: 's', target: { name: 'web-1', protocol: 'ssh' } } as Parameters<Tally['line']>[0];
  expect(tally.line(session)).toBe(
    'web-1: 3 commands, 2 other requests, 1 refused, 2 values masked. On record: hoopctl replay s',
  );
});
