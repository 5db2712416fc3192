import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hoopctlEnvironment, type ReadyEvent, writeConfiguration } from '../../test/postgres/door.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Owned } from '../workspace.ts';
import type { Contender } from './contender.ts';

const program = fileURLToPath(new URL('../../bin/hoopctl.js', import.meta.url));

type Keys = Readonly<Record<string, unknown>>;

/** Longer than any measurement takes. */
const SESSION: Keys = { ttl: '24h' };

/** What a guarded production database has: some things are refused, others out of reach. */
export const GUARDED: Keys = {
  default: 'allow',
  deny: [{ action: ['drop', 'truncate', 'grant', 'copy-program'] }, { action: ['delete', 'update'], where: 'absent' }],
  scope: { schemas: ['public'] },
  session: SESSION,
};

/** hoopctl with this policy, and nothing else different. */
export function hoopctlWith(name: string, title: string, policy: Keys): Contender {
  return {
    name,
    title,
    missing: () => null,
    async start(workspace, _programs, target) {
      const state = workspace.place(name);
      const configuration = configure(state, target, policy);
      const output = join(state, 'events');
      const file = openSync(output, 'w', 0o600);
      // Its events go to a file: a reader of a pipe would be woken for every statement, on the same processors.
      const owned = workspace.spawn(
        process.execPath,
        [program, 'connect', 'bench', '--json', '--config', configuration],
        { env: hoopctlEnvironment(state, configuration), stdio: ['ignore', file, 'pipe'] },
      );
      closeSync(file);
      const { env } = await ready(owned, output);
      const close = async (): Promise<void> => {
        await owned.stop();
        rmSync(state, { recursive: true, force: true });
      };
      return { endpoint: endpointOf(env), process: owned, close };
    },
  };
}

export const hoopctlAllow = hoopctlWith('hoopctl-allow', 'hoopctl, all allowed, `record: { results: summary }`', {
  default: 'allow',
  session: SESSION,
  record: { results: 'summary' },
});

export const hoopctlRules = hoopctlWith(
  'hoopctl-rules',
  'hoopctl, `deny` rules and `scope.schemas`, `record: { results: summary }`',
  { ...GUARDED, record: { results: 'summary' } },
);

export const hoopctlFull = hoopctlWith(
  'hoopctl-full',
  'hoopctl, `deny` rules and `scope.schemas`, `record: { results: full }`',
  { ...GUARDED, record: { results: 'full' } },
);

const masking = (mask: readonly Keys[]): Keys => ({ ...GUARDED, record: { results: 'summary' }, mask });

export const hoopctlMaskEqual = hoopctlWith(
  'hoopctl-mask-equal',
  'hoopctl as `hoopctl-rules`, and `mask: { column: wide.account, with: { partial: 4 } }`: as long as before',
  masking([{ column: 'public.wide.account', with: { partial: 4 } }]),
);

export const hoopctlMaskOther = hoopctlWith(
  'hoopctl-mask-other',
  'hoopctl as `hoopctl-rules`, and `mask: { column: wide.email, with: redact }`: shorter than before',
  masking([{ column: 'public.wide.email', with: 'redact' }]),
);

export const hoopctlDetect = hoopctlWith(
  'hoopctl-detect',
  'hoopctl as `hoopctl-rules`, and `mask: { detect: [credit-card, private-key, jwt, aws-key], with: redact }`',
  masking([{ detect: ['credit-card', 'private-key', 'jwt', 'aws-key'], with: 'redact' }]),
);

function configure(directory: string, target: Endpoint, policy: Keys): string {
  const secret = join(directory, 'password');
  writeFileSync(secret, target.password, { mode: 0o600 });
  return writeConfiguration(directory, {
    targets: {
      bench: {
        address: `${target.host}:${target.port}`,
        database: target.database,
        user: target.user,
        password: { file: secret },
        tls: 'disable',
        policy: ['bench'],
      },
    },
    policies: { bench: policy },
  });
}

/** Milliseconds until a program that does not come up is given up. */
const PATIENCE = 30_000;

async function ready(owned: Owned, output: string): Promise<ReadyEvent> {
  let errors = '';
  owned.child.stderr?.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const gone = owned.exit.then((code) => {
    throw new Error(`hoopctl connect ended with ${code}: ${errors}`);
  });
  gone.catch(() => undefined);
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline;) {
    const [first = '', rest] = readFileSync(output, 'utf8').split('\n', 2);
    if (rest !== undefined) return JSON.parse(first) as ReadyEvent;
    await Promise.race([pause(20), gone]);
  }
  throw new Error(`hoopctl connect does not get ready: ${errors}`);
}

function endpointOf(env: Readonly<Record<string, string>>): Endpoint {
  const read = (name: string): string => {
    const value = env[name];
    if (value === undefined) throw new Error(`hoopctl connect did not say ${name}`);
    return value;
  };
  return {
    host: read('PGHOST'),
    port: Number(read('PGPORT')),
    user: read('PGUSER'),
    password: read('PGPASSWORD'),
    database: read('PGDATABASE'),
  };
}
