import { serverVersions } from '../postgres/binaries.ts';
import { heldInExtended } from './approvals/extended.ts';

for (const version of serverVersions()) heldInExtended(version);
