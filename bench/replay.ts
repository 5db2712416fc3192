import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Target } from './endpoint.ts';
import type { Workspace } from './workspace.ts';

const program = fileURLToPath(new URL('./replay-source.ts', import.meta.url));

/** Starts a server that answers the million-row query from memory, and all else through `server`. */
export async function startReplay(workspace: Workspace, server: Target): Promise<Target> {
  const source = workspace.spawn(process.execPath, [program], {
    env: { BENCH_SERVER: JSON.stringify(server) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { stdout } = source.child;
  if (stdout === null) throw new Error('the replay source says nothing');
  const said = new Promise<string>((resolve) => createInterface({ input: stdout }).once('line', resolve));
  const gone = source.exit.then((code) => {
    throw new Error(`the replay source ended with ${code}`);
  });
  return { ...server, port: Number(await Promise.race([said, gone])) };
}
