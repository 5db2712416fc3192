import { serverVersions } from '../postgres/binaries.ts';
import { heldStatements } from './approvals/held.ts';

for (const version of serverVersions()) heldStatements(version);
