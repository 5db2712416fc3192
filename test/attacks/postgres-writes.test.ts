import { serverVersions } from '../postgres/binaries.ts';
import { corpus, sample } from './postgres.corpus.ts';
import { tryAttacks } from './postgres/trial.ts';

const attacks = corpus.filter((attack) => attack.policy === 'read-only');

tryAttacks(18, attacks);
if (serverVersions().includes(15)) tryAttacks(15, sample(attacks));
