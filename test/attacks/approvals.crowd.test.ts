import { serverVersions } from '../postgres/binaries.ts';
import { crowds } from './approvals/crowd.ts';

for (const version of serverVersions()) crowds(version);
