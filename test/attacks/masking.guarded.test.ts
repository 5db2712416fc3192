import { serverVersions } from '../postgres/binaries.ts';
import { maskAttacks } from './masking/corpus.ts';
import { guardAttacks } from './masking/guarded.ts';

for (const version of serverVersions()) guardAttacks(version, maskAttacks);
