import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { configDirectory, privateDirectory } from '../../../config/paths.ts';
import { credentialsIn, isCredentialVariable } from '../../../local/child/credentials.ts';
import { closeInherited } from '../../../local/child/inherited.ts';
import { type Outcome, runProgram } from '../../../local/child/run.ts';
import { type Streams, wantsTerminal } from '../../../local/child/streams.ts';
import { clientEnvironment } from '../../../local/environment.ts';
import type { GuardedSession, Surroundings } from '../../../local/guarded-session.ts';
import type { HeldTokens } from '../../../identity/held-tokens.ts';
import { openHostRelay } from '../../../local/hosts/relay.ts';
import { type DescribedDoor, instructionsFor } from '../../../local/instructions.ts';
import { TOKEN } from '../../../local/given-token.ts';
import { shareConfiguration, sharingConfiguration } from '../../../local/shared-configuration.ts';
import { sshArguments } from '../../../local/ssh-clients.ts';
import { openSandbox } from '../../../local/sandbox/launch.ts';
import { SANDBOX_LIMITS } from '../../../local/sandbox/limits.ts';
import { filesInside, INSTRUCTIONS } from '../../../local/sandbox/places.ts';
import { credentialVariables } from '../../configuration.ts';
import type { Plan } from './plan.ts';
import { reliedFiles, secretFiles } from './files.ts';
import { portBeside, programVariables, waysTo } from './wiring.ts';

export interface Running {
  readonly plan: Plan;
  readonly around: Surroundings;
  readonly held: HeldTokens;
  readonly sessions: readonly GuardedSession[];
  readonly cwd: string;
  readonly streams: Streams;
  /** Aborts when the sessions are over, or when hoopctl is told to end before the program has been started. */
  readonly signal: AbortSignal;
  /** Called when the program has been started, and gets the signals itself. */
  readonly started: () => void;
}

/** Runs the plan's program, with the doors in its reach. @throws HoopError when it cannot be started */
export function runPlanned(running: Running): Promise<Outcome> {
  return running.plan.sandboxed ? runConfined(running) : runFree(running);
}

function begin({ around, started }: Running): void {
  started();
  around.grammar.load();
}

/** The variable that tells whatever runs in a session where it is. */
function marks({ sessions }: Running): { readonly HOOPCTL_SESSION: string } {
  return { HOOPCTL_SESSION: sessions.map(({ id }) => id).join(',') };
}

async function runConfined(running: Running): Promise<Outcome> {
  const { plan, around, sessions, streams } = running;
  await using stack = new AsyncDisposableStack();
  const ways = waysTo(sessions);
  const doors = ways.map(({ session, port }, index) => ({
    target: session.target.name,
    ...session.seenAt({ kind: 'tcp', host: '127.0.0.1', port }, filesInside(index)),
  }));
  const seen = sharingConfiguration(doors, filesInside(ways.length));
  const hosts = plan.hosts.length === 0 ? null : await wayToHosts(running, portBeside(ways, 'hosts'), stack);
  const [command = '', ...args] = plan.command;
  const variables = programVariables(seen);
  const sandbox = await openSandbox({
    command,
    args: sshArguments(command, args, variables),
    env: around.env,
    passed: plan.env,
    doors: {
      ...variables,
      ...hosts?.variables,
      ...marks(running),
      HOOPCTL_INSTRUCTIONS: INSTRUCTIONS,
    },
    ways: [...ways, ...(hosts === null ? [] : [hosts.way])],
    files: seen.flatMap(({ files }) => files),
    workdir: running.cwd,
    mode: plan.workdir,
    guarded: [around.home, around.state, around.runtime, configDirectory(around.env, around.home)],
    secrets: secretFiles(around),
    relied: reliedFiles(around),
    limits: { ...SANDBOX_LIMITS, ...plan.limits, data: plan.limits.memory },
    instructions: describe(running),
    terminal: wantsTerminal(streams),
    runtime: around.runtime,
  });
  stack.defer(() => sandbox.close());
  closeInherited();
  for (const warning of sandbox.warnings) around.warn(warning);
  return await runProgram({
    ...running,
    command,
    request: sandbox.launch,
    control: sandbox.control,
    limits: { ...SANDBOX_LIMITS, ...plan.limits },
    mark: '',
    secrets: knownSecrets(running, hosts === null ? [] : [hosts.token]),
    records: sessions.map(({ terminal }) => terminal),
    time: plan.limits.time,
    started: () => begin(running),
  });
}

async function runFree(running: Running): Promise<Outcome> {
  const { plan, around, sessions, cwd } = running;
  await using stack = new AsyncDisposableStack();
  const [command = '', ...args] = plan.command;
  const shared = await shareConfiguration(sessions, around.runtime, stack);
  const seen = shared.map(({ target, environment, url }) => ({ target: target.name, environment, url }));
  const withheld = [...credentialVariables(around.config), ...credentialsIn(around.env, plan.env)];
  const place = await privateInstructions(around.runtime, describe(running), stack);
  const own = marks(running);
  const inside = { ...programVariables(seen), ...own, HOOPCTL_INSTRUCTIONS: place };
  return await runProgram({
    ...running,
    command,
    request: {
      file: command,
      args: sshArguments(command, args, inside),
      env: clientEnvironment(around.env, withheld, inside),
      cwd,
    },
    control: null,
    limits: { ...SANDBOX_LIMITS, ...plan.limits },
    mark: `HOOPCTL_SESSION=${own.HOOPCTL_SESSION}`,
    secrets: knownSecrets(running, []),
    records: sessions.map(({ terminal }) => terminal),
    time: plan.limits.time,
    started: () => begin(running),
  });
}

async function privateInstructions(runtime: string, text: string, stack: AsyncDisposableStack): Promise<string> {
  const path = await ownDirectory(runtime, stack);
  await writeFile(join(path, 'INSTRUCTIONS.md'), text, { mode: 0o600, flag: 'wx' });
  return join(path, 'INSTRUCTIONS.md');
}

async function ownDirectory(runtime: string, stack: AsyncDisposableStack): Promise<string> {
  const path = join(await privateDirectory(runtime), randomBytes(4).toString('hex'));
  await mkdir(path, { mode: 0o700 });
  stack.defer(() => rm(path, { recursive: true, force: true }));
  return path;
}

interface WayToHosts {
  readonly way: { readonly port: number; readonly socket: string };
  readonly variables: Readonly<Record<string, string>>;
  readonly token: string;
}

async function wayToHosts({ plan, around }: Running, port: number, stack: AsyncDisposableStack): Promise<WayToHosts> {
  const socket = join(await ownDirectory(around.runtime, stack), 'hosts');
  const relay = await openHostRelay({
    hosts: plan.hosts,
    path: socket,
    refused: (what) => around.warn(`the program asked for ${what}`),
  });
  stack.defer(() => relay.close());
  const url = `http://hoopctl:${relay.token}@127.0.0.1:${port}`;
  // Node’s own fetch looks at the variable only when it is told to.
  const variables = { HTTPS_PROXY: url, https_proxy: url, NO_PROXY: '127.0.0.1,localhost', NODE_USE_ENV_PROXY: '1' };
  return { way: { port, socket }, variables, token: relay.token };
}

/** What is taken out of its output. Whoever asks is confirmed again meanwhile, which may take new tokens. */
function knownSecrets({ sessions, plan, around, held }: Running, more: readonly string[]): () => readonly string[] {
  const passed = plan.env.filter(isCredentialVariable).flatMap((name) => around.env[name] ?? []);
  const own = [...credentialVariables(around.config), TOKEN].flatMap((name) => around.env[name] ?? []);
  const doors = sessions.flatMap(({ secrets }) => secrets.map((secret) => secret.reveal()));
  const lasting = [...doors, ...passed, ...own, ...more];
  let tokens = held.values;
  let all = [...lasting, ...tokens];
  return () => {
    if (tokens !== held.values) {
      tokens = held.values;
      all = [...lasting, ...tokens];
    }
    return all;
  };
}

function describe({ plan, sessions }: Running): string {
  const doors = sessions.map(({ target, environment, terms }): DescribedDoor => ({
    target: target.name,
    protocol: target.protocol,
    database: target.database,
    variables: Object.keys(environment),
    asks: terms.policies.some(({ ask, default: otherwise }) => ask.length > 0 || otherwise === 'ask'),
    readOnly: terms.policies.some(({ access }) => access === 'read-only'),
    masks: terms.policies.some(({ mask }) => mask.length > 0),
  }));
  const hosts = plan.hosts.map(({ host, port }) => `${host}:${port}`);
  return instructionsFor({ doors, hosts, sandboxed: plan.sandboxed, writable: plan.workdir === 'read-write' });
}
