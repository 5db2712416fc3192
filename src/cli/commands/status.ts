import { join } from 'node:path';
import { runtimeDirectory } from '../../config/paths.ts';
import { openDoors } from '../../local/open-doors.ts';
import { shellQuoted } from '../../core/shell.ts';
import { visible } from '../../core/visible.ts';
import type { Run } from '../command.ts';
import { openLogins } from '../logins.ts';
import { lapseOf, PROFILE_COLUMNS, profileRow, shownProfile } from '../profile-view.ts';
import { printTable } from '../table.ts';

export const status: Run = async (invocation) => {
  const { terminal, options, env, home } = invocation;
  const [doors, logins] = await Promise.all([
    openDoors(runtimeDirectory(env, home)),
    openLogins(invocation).profiles.list(),
  ]);
  if (options.flag('json')) {
    terminal.json({ version: 1, doors, logins: logins.map(shownProfile) });
    return 0;
  }
  const now = Date.now();
  if (doors.length === 0) terminal.progress('No door is open. `hoopctl connect TARGET` opens one.');
  else {
    const rows = doors.map((door) => [
      door.target,
      door.who,
      door.address,
      door.session,
      String(door.pid),
      lapseOf(door, now),
    ]);
    printTable(terminal, ['target', 'who', 'address', 'session', 'pid', 'expires'], rows);
    for (const { protocol, files, target } of doors)
      if (protocol === 'ssh' && files !== null)
        terminal.line(`  ssh -F ${shellQuoted(visible(join(files, 'config')))} ${visible(target)}`);
  }
  if (logins.length > 0) {
    if (doors.length > 0) terminal.line();
    printTable(
      terminal,
      PROFILE_COLUMNS,
      logins.map((login) => profileRow(login, now)),
    );
  }
  return 0;
};
