import { serverVersions } from '../postgres/binaries.ts';
import { endings } from './approvals/ends.ts';

for (const version of serverVersions()) endings(version);
