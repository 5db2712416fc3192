import { serverVersions } from '../postgres/binaries.ts';
import { maskAttacks } from './masking/corpus.ts';
import { proveAttacks } from './masking/proof.ts';

for (const version of serverVersions()) proveAttacks(version, maskAttacks);
