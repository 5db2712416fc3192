import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const LOGIN = '/org/freedesktop/secrets/collection/login';

export interface KeyringOptions {
  /** What answers when the keyring asks for its password: nobody can (no display), or somebody who never does. */
  readonly prompter?: 'none' | 'silent';
  /** A bus on which nobody keeps secrets. */
  readonly service?: boolean;
}

/** A real gnome-keyring on a session bus of its own, in directories of its own. */
export interface Keyring {
  /** What a process needs to reach it. */
  readonly env: Readonly<Record<string, string>>;
  lock(): Promise<void>;
  unlock(): Promise<void>;
  stop(): Promise<void>;
}

const PASSWORD = 'correct horse';

/** Starts it, unlocked. */
export async function startKeyring({ prompter = 'none', service = true }: KeyringOptions = {}): Promise<Keyring> {
  const directory = mkdtempSync(join(tmpdir(), 'hoopctl-keyring-'));
  const runtime = join(directory, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  const started: ChildProcess[] = [];
  const own = { PATH: process.env['PATH'] ?? '', HOME: directory, XDG_RUNTIME_DIR: runtime, XDG_DATA_HOME: directory };
  const bus = spawn(
    'dbus-daemon',
    ['--nofork', '--print-address=1', `--config-file=${busConfig(directory, prompter)}`],
    {
      env: own,
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  started.push(bus);
  const [address] = (await once(createInterface(bus.stdout), 'line')) as [string];
  const env = { ...own, DBUS_SESSION_BUS_ADDRESS: address };
  const end = async (child: ChildProcess): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGTERM');
    await once(child, 'exit');
  };
  const unlock = async (): Promise<void> => {
    // The one before would answer for the one that is to come.
    for (const daemon of started.slice(1)) await end(daemon);
    const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
      env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    started.push(daemon);
    daemon.stdin.end(PASSWORD);
    await isOpen(env);
  };
  const stop = async (): Promise<void> => {
    for (const child of started.reverse()) await end(child);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    if (service) await unlock();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    env,
    lock: async () => {
      await call(env, 'org.freedesktop.Secret.Service.Lock', `array:objpath:${LOGIN}`);
    },
    unlock,
    stop,
  };
}

/** Nothing of this machine's own services is on the bus. */
function busConfig(directory: string, prompter: 'none' | 'silent'): string {
  const services = join(directory, 'services');
  mkdirSync(services);
  // It never takes the name that it was started for, and ends with the bus.
  if (prompter === 'silent') {
    const name = 'org.gnome.keyring.SystemPrompter';
    writeFileSync(
      join(services, `${name}.service`),
      `[D-BUS Service]\nName=${name}\nExec=/usr/bin/dbus-monitor --session type=error\n`,
    );
  }
  const file = join(directory, 'bus.conf');
  writeFileSync(
    file,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${join(directory, 'run', 'bus')}</listen>
  <servicedir>${services}</servicedir>
  <policy context="default"><allow send_destination="*"/><allow eavesdrop="true"/><allow own="*"/></policy>
</busconfig>
`,
  );
  return file;
}

/** Resolves when the keyring is there and its collection is open. */
async function isOpen(env: Readonly<Record<string, string>>): Promise<void> {
  const deadline = Date.now() + 20_000;
  for (;;) {
    const locked = await call(
      env,
      'org.freedesktop.DBus.Properties.Get',
      'string:org.freedesktop.Secret.Collection',
      'string:Locked',
    );
    if (locked?.includes('boolean false') === true) return;
    if (Date.now() > deadline) throw new Error('the keyring does not open');
  }
}

/** What a method of the keyring's gives, in dbus-send's words; null when it fails. */
async function call(
  env: Readonly<Record<string, string>>,
  method: string,
  ...args: readonly string[]
): Promise<string | null> {
  const path = method.startsWith('org.freedesktop.Secret.Service') ? '/org/freedesktop/secrets' : LOGIN;
  const words = ['--session', '--print-reply', '--dest=org.freedesktop.secrets', path, method, ...args];
  return promisify(execFile)('dbus-send', words, { env }).then(
    ({ stdout }) => stdout,
    () => null,
  );
}
