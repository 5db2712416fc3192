import type { Call } from '../call.ts';
import { baseName } from '../program-name.ts';
import { piecesMatch } from '../span.ts';
import type { Word } from '../word.ts';

/** Servers of SFTP, wherever they lie: run as a command they would take orders that nobody decides. */
export const SFTP_SERVERS: readonly string[] = ['sftp-server', 'internal-sftp', 'openssh-sftp-server', 'gesftpserver'];

/** Such a server is a channel of its own, and there is a better way to open that one. */
export function serveFiles(call: Call): void {
  call.scene.findings.bypass('sftp', call);
}

/** True of a pattern that could stand for such a server: `/usr/lib/openssh/s*`. */
export function mayServeFiles({ kind, text }: Word): boolean {
  if (kind !== 'glob' || text === null) return false;
  const pieces = baseName(text).split('*');
  return SFTP_SERVERS.some((name) => piecesMatch(pieces, name));
}
