import { Secret } from '../../../src/core/secret.ts';
import { SecretFiles } from '../../../src/local/secrets/files.ts';

// Changes one secret over and over, until it is killed.
const files = new SecretFiles({ state: process.argv[2] ?? '', kind: 'target', key: () => Promise.resolve(null) });
for (let change = 0; ; change += 1) {
  await files.write('pg', new Secret((change % 2 === 0 ? 'a' : 'b').repeat(5000)));
  process.stdout.write('changed\n');
}
