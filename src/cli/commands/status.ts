import { runtimeDirectory } from '../../config/paths.ts';
import { openDoors } from '../../local/open-doors.ts';
import type { Run } from '../command.ts';
import { printTable } from '../table.ts';

export const status: Run = async ({ terminal, options, env, home }) => {
  const doors = await openDoors(runtimeDirectory(env, home));
  if (options.flag('json')) {
    terminal.json({ version: 1, doors });
    return 0;
  }
  if (doors.length === 0) {
    terminal.progress('No door is open. `hoopctl connect TARGET` opens one.');
    return 0;
  }
  const rows = doors.map((door) => [door.target, door.address, door.session, String(door.pid), door.expires]);
  printTable(terminal, ['target', 'address', 'session', 'pid', 'expires'], rows);
  return 0;
};
