import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeConfiguration } from '../../test/postgres/door.ts';
import { openDoor } from '../door.ts';
import type { Endpoint } from '../endpoint.ts';
import type { Contender } from './contender.ts';

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
      const { owned, read } = await openDoor(workspace, state, configuration);
      const close = async (): Promise<void> => {
        await owned.stop();
        rmSync(state, { recursive: true, force: true });
      };
      return { endpoint: endpointOf(read), process: owned, close };
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

function endpointOf(read: (name: string) => string): Endpoint {
  return {
    host: read('PGHOST'),
    port: Number(read('PGPORT')),
    user: read('PGUSER'),
    password: read('PGPASSWORD'),
    database: read('PGDATABASE'),
  };
}
