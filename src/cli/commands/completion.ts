import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { HoopError } from '../../core/errors.ts';
import type { Run } from '../command.ts';
import { SHELLS } from '../completion/scripts.ts';
import type { Invocation } from '../invocation.ts';
import { profileNames, requestNames, scriptNames, sessionNames, targetNames } from '../names.ts';

/** Where the names of each kind come from. */
const NAMES: Readonly<Record<string, (invocation: Invocation) => Promise<readonly string[]>>> = {
  target: targetNames,
  script: scriptNames,
  session: sessionNames,
  request: requestNames,
  profile: profileNames,
};

export const completion: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const kind = options.text('names');
  const directory = options.text('write');
  if (kind !== null) {
    for (const name of (await NAMES[kind]?.(invocation)) ?? []) terminal.line(name);
    return 0;
  }
  if (directory !== null) {
    await mkdir(directory, { recursive: true });
    for (const { file, script } of Object.values(SHELLS)) await writeFile(join(directory, file), script());
    return 0;
  }
  const [name] = invocation.arguments;
  const shell = name === undefined ? undefined : SHELLS[name];
  if (shell === undefined) {
    throw new HoopError('cli.usage', 'name a shell: bash, zsh, fish or powershell', {
      hint: 'hoopctl completion bash',
    });
  }
  await terminal.data(shell.script());
  return 0;
};
