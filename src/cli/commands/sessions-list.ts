import { stateDirectory } from '../../config/paths.ts';
import { identityName } from '../../core/identity.ts';
import { listSessions, type SessionSummary } from '../../record/store.ts';
import type { Run } from '../command.ts';
import { printTable } from '../table.ts';

export const list: Run = async ({ terminal, options, env, home }) => {
  const target = options.text('target');
  const limit = options.integer('limit', 1, 1_000_000) ?? (options.flag('json') ? Number.POSITIVE_INFINITY : 50);
  const sessions: SessionSummary[] = [];
  for await (const session of listSessions(stateDirectory(env, home))) {
    if (target !== null && session.target?.name !== target) continue;
    if (sessions.push(session) >= limit) break;
  }
  if (options.flag('json')) {
    terminal.json({ version: 1, sessions });
    return 0;
  }
  if (sessions.length === 0) {
    terminal.progress('No session is on record. `hoopctl connect TARGET` starts one.');
    return 0;
  }
  printTable(terminal, ['session', 'started', 'target', 'who', 'state', 'statements', 'refused'], sessions.map(rowOf));
  return 0;
};

function rowOf({ id, started, target, identity, state, totals }: SessionSummary): readonly string[] {
  return [
    id,
    started.replace(/\.\d+Z$/, 'Z'),
    target?.name ?? '?',
    identity === null ? '?' : identityName(identity),
    state,
    totals === null ? '?' : String(totals.statements),
    totals === null ? '?' : String(totals.refused),
  ];
}
