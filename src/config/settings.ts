import { HoopError } from '../core/errors.ts';
import { configDirectory } from './paths.ts';
import { parseDuration } from './shape.ts';
import { suggestion } from './suggest.ts';

/** What a user prefers. Nothing here changes what is allowed: that is the policy's alone. */
export interface Settings {
  /** `auto` colours terminals only. */
  readonly color: 'auto' | 'always' | 'never';
  /** How long sessions last when `--ttl` is left out, such as `30m`; null leaves it to the policy. A policy's limit still holds. */
  readonly ttl: string | null;
  /** How fast `replay` goes when `--speed` is left out. */
  readonly replaySpeed: number;
}

export type SettingName = keyof Settings;

const DEFAULTS: Settings = { color: 'auto', ttl: null, replaySpeed: 1 };

/** What is wrong with a value; null when nothing is. */
const CHECKS: Readonly<Record<SettingName, (value: unknown) => string | null>> = {
  color: (value) =>
    value === 'auto' || value === 'always' || value === 'never' ? null : 'must be auto, always or never',
  ttl: (value) =>
    value === null || (typeof value === 'string' && parseDuration(value) !== null)
      ? null
      : 'must be a duration such as 30m',
  replaySpeed: (value) =>
    typeof value === 'number' && value > 0 && value <= 100 ? null : 'must be a number above 0, at most 100',
};

/** The settings of one user, in `settings.json` of the configuration directory. */
export interface SettingsStore {
  readonly path: string;
  read(): Settings;
  /** @throws HoopError `config.invalid` when the name or the value is not as it must be */
  set(name: string, value: unknown): void;
  /** Back to the default. */
  reset(name: string): void;
}

/**
 * Opens the user's settings; nothing but the directory is made before the first `set`. Costs a good part of a tenth of
 * a second: never on the way to a connection.
 * @throws HoopError `config.invalid` when the file cannot be read or holds what it must not
 */
export async function openSettings(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): Promise<SettingsStore> {
  const { default: Conf } = await import('conf');
  const options = {
    cwd: configDirectory(env, home),
    configName: 'settings',
    projectName: 'hoopctl',
    configFileMode: 0o600,
    // A file that cannot be read is told to the user, not thrown away.
    clearInvalidConfig: false,
    accessPropertiesByDotNotation: false,
  };
  const store = attempt(options.cwd, () => new Conf<Record<string, unknown>>(options));
  return {
    path: store.path,
    read: () => attempt(store.path, () => validated(store.store, store.path)),
    set(name, value) {
      const known = settingNamed(name);
      const fault = CHECKS[known](value);
      if (fault !== null) throw invalid(`${known} ${fault}`);
      attempt(store.path, () => store.set(known, value));
    },
    reset(name) {
      const known = settingNamed(name);
      attempt(store.path, () => store.delete(known));
    },
  };
}

function settingNamed(name: string): SettingName {
  if (Object.hasOwn(DEFAULTS, name)) return name as SettingName;
  const known = Object.keys(DEFAULTS);
  throw invalid(
    `there is no setting ${JSON.stringify(name)}${suggestion(name, known)}`,
    `the settings are: ${known.join(', ')}`,
  );
}

function validated(found: Readonly<Record<string, unknown>>, path: string): Settings {
  for (const [name, value] of Object.entries(found)) {
    const fault = CHECKS[settingNamed(name)](value);
    if (fault !== null) throw invalid(`${path}: ${name} ${fault}`);
  }
  // Every value was checked against its own name just now.
  return { ...DEFAULTS, ...found } as Settings;
}

function attempt<T>(path: string, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof HoopError) throw error;
    throw new HoopError('config.invalid', `the settings in ${path} cannot be used`, {
      cause: error,
      hint: 'correct or remove the file',
    });
  }
}

function invalid(message: string, hint = 'set it again with a value that fits'): HoopError {
  return new HoopError('config.invalid', message, { hint });
}
