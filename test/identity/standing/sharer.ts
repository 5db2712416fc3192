import { systemClock } from '../../../src/core/clock.ts';
import type { ProviderSettings } from '../../../src/core/provider.ts';
import { openProfiles } from '../../../src/identity/profiles.ts';
import { openProvider } from '../../../src/identity/provider.ts';
import { loginStanding } from '../../../src/identity/standing/login.ts';
import { openSecretStore } from '../../../src/local/secrets/store.ts';

// One of several processes that share the login `default`, until its stdin ends. Says `up`, `ended: WHY` and `over`.
const { state, settings } = JSON.parse(process.argv[2] ?? '') as { state: string; settings: ProviderSettings };
const say = (line: string): void => void process.stdout.write(`${line}\n`);
const secrets = openSecretStore({ kind: 'login', state, env: {}, home: state });
const profiles = openProfiles({ state, secrets });

try {
  const profile = await profiles.read('default');
  if (profile === null) throw new Error('nobody is logged in');
  const provider = openProvider(settings, { clock: systemClock });
  const standing = await loginStanding({ provider, profiles, profile, clock: systemClock });
  standing.listen((now) => now === null && say(`ended: ${standing.doubt()}`));
  say('up');
  process.stdin.resume().once('end', () => {
    void standing.close().then(() => say('over'));
  });
} catch (error) {
  say(`ended: ${error instanceof Error ? error.message : 'for no reason'}`);
}
