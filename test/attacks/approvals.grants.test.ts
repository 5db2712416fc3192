import { serverVersions } from '../postgres/binaries.ts';
import { grantedStatements } from './approvals/grants.ts';

for (const version of serverVersions()) grantedStatements(version);
