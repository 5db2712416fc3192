import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { webAddress } from '../identity/oidc/web-address.ts';

/** A program that shows a page to the person at this machine. */
export interface Opener {
  readonly command: string;
  readonly args: readonly string[];
}

type Environment = Readonly<NodeJS.ProcessEnv>;

/** What a machine is, as far as it decides whether a page can be shown on it. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly env: Environment;
  readonly exists: (path: string) => boolean;
}

export function thisMachine(env: Environment): Machine {
  return { platform: process.platform, env, exists: existsSync };
}

/** Files that container runtimes leave at the root. */
const CONTAINER_MARKS = ['/.dockerenv', '/run/.containerenv'];

/**
 * What opens pages on this machine; null where nobody would see them: over SSH, in containers, without a display.
 * `BROWSER` is the user's own word and goes before all of that. It names one program: nothing of it is given to a shell,
 * or taken for arguments.
 */
export function openerOf({ platform, env, exists }: Machine): Opener | null {
  const own = env['BROWSER'] ?? '';
  if (own !== '') return { command: own, args: [] };
  if (isSet(env, 'SSH_CONNECTION') || isSet(env, 'SSH_TTY') || isSet(env, 'SSH_CLIENT')) return null;
  if (isSet(env, 'container') || isSet(env, 'KUBERNETES_SERVICE_HOST') || CONTAINER_MARKS.some(exists)) return null;
  switch (platform) {
    case 'darwin':
      return { command: 'open', args: [] };
    case 'win32':
      return { command: 'rundll32', args: ['url.dll,FileProtocolHandler'] };
    default:
      return isSet(env, 'DISPLAY') || isSet(env, 'WAYLAND_DISPLAY') ? { command: 'xdg-open', args: [] } : null;
  }
}

function isSet(env: Environment, name: string): boolean {
  return (env[name] ?? '') !== '';
}

/** Milliseconds after which a program that still runs counts as one that shows the page. */
const PATIENCE = 3000;

/**
 * Shows a page. Resolves to false when it could not be: the person must open it then. What is no web page is never handed
 * to a program. The program outlives this one, reads and writes nothing of it, and gets none of the environment but what
 * programs need to find the desktop.
 */
export function openPage({ command, args }: Opener, url: string, env: Environment): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const page = webAddress(url);
  if (page === null) return Promise.resolve(false);
  const child = spawn(command, [...args, page], {
    env: desktopEnvironment(env),
    stdio: 'ignore',
    detached: true,
    shell: false,
    windowsHide: true,
  });
  const timer = setTimeout(() => resolve(true), PATIENCE);
  timer.unref();
  child.on('error', () => resolve(false));
  child.on('exit', (code) => resolve(code === 0));
  child.unref();
  return promise.finally(() => clearTimeout(timer));
}

/** Names and beginnings of names of variables that lead to a desktop and its browser. Nothing else is passed on. */
const DESKTOP = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'LANG',
  'LANGUAGE',
  'TZ',
  'TMPDIR',
  'DISPLAY',
  'XAUTHORITY',
  'DBUS_SESSION_BUS_ADDRESS',
  'DESKTOP_SESSION',
  'VSCODE_IPC_HOOK_CLI',
  // Windows
  'SYSTEMROOT',
  'WINDIR',
  'SYSTEMDRIVE',
  'COMSPEC',
  'PATHEXT',
  'APPDATA',
  'LOCALAPPDATA',
  'PROGRAMDATA',
  'PROGRAMFILES',
  'USERPROFILE',
  'USERNAME',
  'TEMP',
  'TMP',
];
const DESKTOP_PREFIXES = ['LC_', 'XDG_', 'WAYLAND_', 'GNOME_', 'GTK_', 'KDE_', 'QT_', 'MOZ_', 'WSL'];

function desktopEnvironment(env: Environment): Record<string, string> {
  const kept = Object.entries(env).filter((entry): entry is [string, string] => {
    const name = entry[0].toUpperCase();
    return (
      entry[1] !== undefined && (DESKTOP.includes(name) || DESKTOP_PREFIXES.some((start) => name.startsWith(start)))
    );
  });
  return Object.fromEntries(kept);
}
