import { dirname, extname } from 'node:path';
import type { DoorAddress, DoorCredential } from '../../core/protocol.ts';
import type { Target } from '../../core/target.ts';

/** Host and port as libpq takes them: a socket `DIR/.s.PGSQL.PORT` is named by its directory and number. */
function place(address: DoorAddress): { readonly host: string; readonly port: string } {
  if (address.kind === 'tcp') return { host: address.host, port: String(address.port) };
  return { host: dirname(address.path), port: extname(address.path).slice(1) };
}

/** What libpq and most drivers read. */
export function environment(
  address: DoorAddress,
  door: DoorCredential,
  target: Target,
): Readonly<Record<string, string>> {
  const { host, port } = place(address);
  return {
    PGHOST: host,
    PGPORT: port,
    PGUSER: door.user,
    PGPASSWORD: door.secret.reveal(),
    PGDATABASE: target.database,
  };
}

/** A `postgresql://` URL. */
export function url(address: DoorAddress, door: DoorCredential, target: Target): string {
  const { host, port } = place(address);
  const user = `${encodeURIComponent(door.user)}:${encodeURIComponent(door.secret.reveal())}`;
  const database = encodeURIComponent(target.database);
  if (address.kind === 'tcp') return `postgresql://${user}@${host}:${port}/${database}`;
  return `postgresql://${user}@/${database}?host=${encodeURIComponent(host)}&port=${port}`;
}
