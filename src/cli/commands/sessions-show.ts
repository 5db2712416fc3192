import { stateDirectory } from '../../config/paths.ts';
import { HoopError } from '../../core/errors.ts';
import { identityLabel } from '../../core/identity.ts';
import { targetLabel } from '../../core/target.ts';
import { resolveSession, type SessionSummary, summarize } from '../../record/store.ts';
import { visible } from '../../core/visible.ts';
import type { Run } from '../command.ts';

export const show: Run = async (invocation) => {
  const { terminal, options, env, home } = invocation;
  const state = stateDirectory(env, home);
  const id = await resolveSession(state, invocation.arguments[0] ?? '');
  const session = await summarize(state, id);
  if (session === null)
    throw new HoopError('record.missing', 'the record went away', { hint: 'hoopctl sessions list' });
  if (options.flag('json')) {
    terminal.json({ version: 1, session });
    return 0;
  }
  for (const [name, value] of facts(session)) {
    terminal.line(`${terminal.style('bold', name.padEnd(12))}${visible(value)}`);
  }
  terminal.progress(`What happened in it: hoopctl replay ${id}`);
  return 0;
};

function facts({
  id,
  state,
  started,
  ended,
  cause,
  identity,
  target,
  reason,
  totals,
  bytes,
}: SessionSummary): [string, string][] {
  const facts: [string, string][] = [
    ['session', id],
    ['state', cause === null ? state : `${state} (${cause})`],
    ['started', started],
    ['ended', ended ?? '-'],
    ['target', target === null ? 'unknown' : targetLabel(target)],
    ['who', identity === null ? 'unknown' : identityLabel(identity)],
    ['reason', reason ?? '-'],
    ['bytes', String(bytes)],
  ];
  for (const [name, count] of Object.entries(totals ?? {})) {
    // There are no rows over SSH, and what is asked for is no statement.
    if (target?.protocol !== 'ssh') facts.push([name, String(count)]);
    else if (name !== 'rows') facts.push([name === 'statements' ? 'requests' : name, String(count)]);
  }
  return facts;
}
