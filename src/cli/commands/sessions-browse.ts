import { stateDirectory } from '../../config/paths.ts';
import { HoopError } from '../../core/errors.ts';
import { canDraw } from '../../tui/drawable.ts';
import { archiveOf } from '../archive.ts';
import type { Run } from '../command.ts';
import { drawn } from '../drawing.ts';

export const browse: Run = async (invocation) => {
  const { terminal, env, home } = invocation;
  if (!invocation.interactive || !canDraw(terminal, env)) {
    throw new HoopError('cli.usage', 'hoopctl sessions takes a command', { hint: 'hoopctl sessions --help' });
  }
  const { sessionsScreen } = await import('../../tui/sessions.tsx');
  return drawn(invocation, (options) => sessionsScreen(archiveOf(stateDirectory(env, home)), options));
};
