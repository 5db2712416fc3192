import { fieldsOf, frames, type Message, valuesOf } from '../../postgres/frames.ts';
import { wireClient, type WireOptions } from '../../postgres/wire-client.ts';
import type { WireClient } from '../../postgres/wire-client.ts';
import type { Server } from '../../postgres/server.ts';
import type { Attack, Mode, Step } from './attack.ts';

/** Fills in what is known only when the server runs. */
export function filled(text: string, server: Server): string {
  return text
    .replaceAll('{dir}', server.directory)
    .replaceAll('{socket}', server.socket)
    .replaceAll('{port}', String(server.port));
}

function extended(sql: string, values: readonly (string | null)[], name: string): Buffer[] {
  return [
    frames.parse(sql, name),
    frames.bind({ statement: name, values: [...values] }),
    frames.describe('P'),
    frames.execute(),
  ];
}

interface Sent {
  readonly frames: readonly Buffer[];
  readonly answers: number;
  readonly copy: string | null;
}

function sent(step: Step, mode: Mode, index: number, server: Server): Sent[] {
  if (typeof step !== 'string' && 'frames' in step) {
    return [{ frames: step.frames, answers: step.answers ?? 1, copy: null }];
  }
  const sql = filled(typeof step === 'string' ? step : step.sql, server);
  const values = typeof step !== 'string' && 'values' in step ? step.values : [];
  const copy = typeof step !== 'string' && 'copy' in step ? step.copy : null;
  if (mode === 'simple') return [{ frames: [frames.query(sql)], answers: 1, copy }];
  if (mode === 'extended') return [{ frames: [...extended(sql, values, ''), frames.sync()], answers: 1, copy }];
  if (mode === 'pipelined') return [{ frames: extended(sql, values, ''), answers: 0, copy }];
  const name = `s${index}`;
  const [parse, ...rest] = extended(sql, values, name);
  return [
    { frames: [parse ?? Buffer.alloc(0), frames.describe('S', name), frames.sync()], answers: 1, copy: null },
    { frames: [...rest, frames.sync()], answers: 1, copy },
  ];
}

/** Reads one answer, sending COPY data when the server asks for it. */
async function answer(client: WireClient, copy: string | null, mode: Mode): Promise<void> {
  for (;;) {
    const messages = await client.until('ZG');
    if (messages.at(-1)?.type !== 'G') return;
    client.send(...(copy === null ? [frames.copyFail('no data')] : [frames.copyData(copy), frames.copyDone()]));
    if (mode !== 'simple') client.send(frames.sync());
  }
}

export interface Encounter {
  /** Null when there was no connection to be had. */
  readonly client: WireClient | null;
  /** Why the connection or an answer did not come; null when all of them did. */
  readonly failure: string | null;
}

/** All text the client was shown: rows, errors, notices, parameters. */
export function seen(encounter: Encounter): string {
  return encounter.client?.messages.map(shown).join('\n') ?? '';
}

function shown(message: Message): string {
  if (message.type === 'D')
    return valuesOf(message)
      .map((value) => value?.toString('latin1') ?? '')
      .join('\0');
  if (message.type === 'E' || message.type === 'N') return Object.values(fieldsOf(message)).join('\0');
  return message.body.toString('latin1');
}

/** Sends the steps one after the other, and reads every answer. */
export async function perform(client: WireClient, steps: readonly Step[], mode: Mode, server: Server): Promise<void> {
  for (const [index, step] of steps.entries()) {
    for (const part of sent(step, mode, index, server)) {
      client.send(...part.frames);
      for (let left = part.answers; left > 0; left -= 1) await answer(client, part.copy, mode);
    }
  }
  if (mode !== 'pipelined') return;
  client.send(frames.sync());
  await answer(client, null, mode);
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Does what the attack says, and leaves the connection open. */
export async function attempt(attack: Attack, mode: Mode, server: Server, options: WireOptions): Promise<Encounter> {
  let client: WireClient;
  try {
    client = await wireClient({ ...options, parameters: attack.startup });
  } catch (error) {
    return { client: null, failure: reason(error) };
  }
  try {
    await perform(client, attack.steps, mode, server);
    return { client, failure: null };
  } catch (error) {
    return { client, failure: reason(error) };
  }
}

/** The administrator's answer to the effect's question; null when the attack has none. */
export async function stateHappened(attack: Attack, server: Server): Promise<boolean | null> {
  if (attack.effect.sql === undefined) return null;
  try {
    const [row] = await server.admin('app', filled(attack.effect.sql, server));
    return Object.values(row ?? {})[0] === true;
  } catch (error) {
    const missing = ['42P01', '42703', '42883', '42704', '3F000', '42601'];
    if (error instanceof Error && 'code' in error && missing.includes(String(error.code))) return true;
    throw error;
  }
}

/** What of the effect happened, by its parts; null where the attack does not ask. */
export interface Happened {
  readonly state: boolean | null;
  readonly log: boolean | null;
  readonly received: boolean | null;
}

export async function judge(attack: Attack, server: Server, mark: number, encounter: Encounter): Promise<Happened> {
  const open = await stateHappened(attack, server);
  await encounter.client?.end();
  const { log, received } = attack.effect;
  return {
    state: open === null ? null : open || (await stateHappened(attack, server)) === true,
    log: log === undefined ? null : server.log.statementsOf(server.user, mark).some((text) => log.test(text)),
    received: received === undefined ? null : seen(encounter).includes(received),
  };
}

/** Makes the database anew from its template. */
export async function reset(server: Server, setup: readonly string[] = []): Promise<void> {
  await server.admin(
    'postgres',
    'drop database if exists app with (force)',
    'create database app template app_template strategy file_copy',
  );
  if (setup.length > 0) await server.admin('app', ...setup.map((sql) => filled(sql, server)));
}

/** Undoes what an attack did outside its database, when it worked. */
export async function clean(server: Server): Promise<void> {
  const leftovers = await server.admin(
    'postgres',
    `select format('rollback prepared %L', gid) as sql from pg_prepared_xacts where database = 'app'`,
  );
  await server.admin('app', ...leftovers.map((row) => String(row['sql'])), ...clusterCleaning);
}

const clusterCleaning = [
  'select pg_drop_replication_slot(slot_name) from pg_replication_slots',
  'select pg_replication_origin_drop(roname) from pg_replication_origin',
  'drop role if exists intruder',
  'drop database if exists stolen_db',
  'alter system reset all',
  `do $$ begin
    if not exists (select from pg_roles where rolname = 'low') then create role low; end if;
    alter role low nosuperuser; alter role low reset all; revoke pg_read_server_files from low;
    if exists (select from pg_subscription) then execute 'alter subscription s set (slot_name = none)'; execute 'drop subscription s'; end if;
  end $$`,
  'drop tablespace if exists t',
];
