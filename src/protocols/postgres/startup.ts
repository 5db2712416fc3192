import { decodeUtf8 } from '../../wire/text.ts';
import { Cursor } from '../../wire/cursor.ts';
import { cstring, int32 } from './frames.ts';
import type { Fault } from './refuse.ts';

/*
 * The first message of a connection has no type byte: Int32 length (counting itself), Int32 code, body.
 */

/** A code of major version 1234 is a request, not a version. */
const CODES = { cancel: 80877102, ssl: 80877103, gssenc: 80877104 } as const;

/** The newest minor version of protocol 3 that is spoken here. */
const NEWEST_MINOR = 2;
export const PROTOCOL_3_0 = 3 << 16;

export type StartupPacket =
  | { readonly kind: 'ssl' }
  | { readonly kind: 'gssenc' }
  | { readonly kind: 'cancel'; readonly process: number; readonly key: Buffer }
  | { readonly kind: 'startup'; readonly minor: number; readonly parameters: ReadonlyMap<string, string> }
  | { readonly kind: 'malformed'; readonly reason: string };

const malformed = (reason: string): StartupPacket => ({ kind: 'malformed', reason });

/** `packet`: the whole message, its length already checked. */
export function decodeStartup(packet: Buffer): StartupPacket {
  const cursor = new Cursor(packet, 4);
  const code = cursor.int32();
  if (!cursor.intact) return malformed('too short');
  if (code === CODES.ssl) return cursor.finished ? { kind: 'ssl' } : malformed('SSLRequest with a body');
  if (code === CODES.gssenc) return cursor.finished ? { kind: 'gssenc' } : malformed('GSSENCRequest with a body');
  if (code === CODES.cancel) return decodeCancel(cursor);
  if (code >>> 16 !== 3) return malformed(`protocol version ${code >>> 16}.${code & 0xffff}`);
  const parameters = decodeParameters(cursor);
  return parameters === null ? malformed('bad parameters') : { kind: 'startup', minor: code & 0xffff, parameters };
}

/** CancelRequest: Int32 process, then a key of 4 bytes (protocol 3.0) or up to 256 (3.2). */
function decodeCancel(cursor: Cursor): StartupPacket {
  const process = cursor.int32();
  const length = cursor.remaining;
  if (!cursor.intact || length < 4 || length > 256) return malformed('CancelRequest of a wrong length');
  return { kind: 'cancel', process, key: cursor.bytes(length) };
}

function decodeParameters(cursor: Cursor): ReadonlyMap<string, string> | null {
  const parameters = new Map<string, string>();
  for (;;) {
    const name = decodeUtf8(cursor.terminated());
    if (!cursor.intact || name === null) return null;
    if (name === '') return cursor.finished ? parameters : null;
    const value = decodeUtf8(cursor.terminated());
    if (!cursor.intact || value === null || parameters.has(name)) return null;
    parameters.set(name, value);
  }
}

/** A request without a body: SSLRequest. */
export function sslRequest(): Buffer {
  return Buffer.concat([int32(8), int32(CODES.ssl)]);
}

export function cancelRequest(process: number, key: Buffer): Buffer {
  return Buffer.concat([int32(12 + key.length), int32(CODES.cancel), int32(process), key]);
}

/** StartupMessage of protocol 3.0. */
export function startupMessage(parameters: ReadonlyMap<string, string>): Buffer {
  const parts = [...parameters].flatMap(([name, value]) => [cstring(name), cstring(value)]);
  const body = Buffer.concat([int32(PROTOCOL_3_0), ...parts, Buffer.from([0])]);
  return Buffer.concat([int32(body.length + 4), body]);
}

/** What a client asked for, as far as it may have it. */
export interface Startup {
  readonly user: string;
  readonly database: string;
  readonly application: string | null;
  /** Settings to hand on. */
  readonly settings: ReadonlyMap<string, string>;
  /** Protocol options (`_pq_.…`) that are not known here. */
  readonly unknownOptions: readonly string[];
  /** True when the minor version asked for is newer than any known. */
  readonly newer: boolean;
  /** The minor version spoken with this client. */
  readonly minor: number;
}

/** Settings a client may bring along: none changes what names mean, who acts or how text is read. */
const SETTINGS: ReadonlySet<string> = new Set([
  'application_name',
  'bytea_output',
  'client_min_messages',
  'datestyle',
  'extra_float_digits',
  'fallback_application_name',
  'geqo',
  'idle_in_transaction_session_timeout',
  'idle_session_timeout',
  'intervalstyle',
  'lock_timeout',
  'statement_timeout',
  'tcp_keepalives_idle',
  'timezone',
  'transaction_timeout',
]);

/** Ways to write the one encoding that is spoken. SQL_ASCII means "as it is", and is what clients say in the C locale. */
const UTF8: ReadonlySet<string> = new Set(['utf8', 'unicode', 'sqlascii']);

const refused = (message: string, hint: string): Fault => ({ severity: 'FATAL', code: '42501', message, hint });

/** The start-up parameters by allow-list, or why the connection is refused. */
export function admit(packet: {
  readonly minor: number;
  readonly parameters: ReadonlyMap<string, string>;
}): Startup | Fault {
  const settings = new Map<string, string>();
  const unknownOptions: string[] = [];
  let user = '';
  let database = '';
  for (const [name, value] of packet.parameters) {
    const key = name.toLowerCase();
    if (name === 'user') user = value;
    else if (name === 'database') database = value;
    else if (name.startsWith('_pq_.')) unknownOptions.push(name);
    else {
      const fault = admitSetting(key, value);
      if (fault !== null) return fault;
      if (SETTINGS.has(key)) settings.set(key, value);
    }
  }
  if (user === '') {
    return { severity: 'FATAL', code: '28000', message: 'no PostgreSQL user name specified in startup packet' };
  }
  return {
    user,
    database: database === '' ? user : database,
    application: settings.get('application_name') ?? settings.get('fallback_application_name') ?? null,
    settings,
    unknownOptions,
    newer: packet.minor > NEWEST_MINOR,
    minor: Math.min(packet.minor, NEWEST_MINOR),
  };
}

function admitSetting(key: string, value: string): Fault | null {
  if (SETTINGS.has(key)) return null;
  if (key === 'client_encoding') {
    if (UTF8.has(value.toLowerCase().replaceAll(/[^a-z0-9]/g, ''))) return null;
    return refused('hoopctl speaks UTF-8 only', 'Connect with client_encoding=UTF8 (PGCLIENTENCODING=UTF8).');
  }
  if (key === 'standard_conforming_strings') {
    if (['on', 'true', 'yes', '1'].includes(value.toLowerCase())) return null;
    return refused('standard_conforming_strings must be on', 'Remove the parameter from the connection settings.');
  }
  if (key === 'options' && value.trim() === '') return null;
  if (key === 'replication' && ['off', 'false', 'no', '0'].includes(value.toLowerCase())) return null;
  return refused(
    `the start-up parameter ${JSON.stringify(key)} is not let through`,
    'Remove it from the connection settings (also PGOPTIONS); what the policy allows can be set with SET afterwards.',
  );
}
