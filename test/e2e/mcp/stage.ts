import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { ReadBuffer, serializeMessage } from '@modelcontextprotocol/sdk/shared/stdio.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { builtProgram } from '../../cli/built.ts';
import { Place } from '../../cli/command-line.ts';
import { type Server, startServer } from '../../postgres/server.ts';

/** The target's password, which must be nowhere but in the environment. */
export const PASSWORD = 'canary-password-51d0c2';
/** A value in a masked column, which nobody may see. */
export const MASKED = '078-05-1120';
export const EMAIL = 'ada.lovelace@example.com';

/** The built program, a server with sample data, and a configuration whose policy has all there is. */
export interface Stage {
  readonly server: Server;
  readonly place: Place;
  readonly main: string;
  remove(): Promise<void>;
}

const POLICY = `policies:
  guarded:
    default: allow
    deny:
      - { action: [drop, truncate], message: schema changes go through migrations }
    ask:
      - { action: update, within: 1m, preview: none }
      - { action: delete, within: 1s, preview: none }
    mask:
      - { column: app.customers.ssn, with: redact }
      - { column: app.customers.email, with: { partial: domain } }
    scope: { schemas: [app] }
    session: { ttl: 10m, idle: 5m, reason: optional }
`;

export async function setStage(): Promise<Stage> {
  const server = await startServer({ authentication: 'scram-sha-256', password: PASSWORD });
  await server.admin(
    'postgres',
    'create schema app',
    'create schema hidden',
    'create table app.customers (id int primary key, name text not null, ssn text, email text, plan text)',
    'create view app.contacts as select id, email from app.customers',
    'create table app.numbers as select n from generate_series(1, 5000) n',
    'create table hidden.keys (id int)',
    'create sequence app.served',
    "alter database postgres set datestyle = 'German'",
    `insert into app.customers values (1, 'Ada', '${MASKED}', '${EMAIL}', 'free'), (2, 'Grace', null, null, 'free')`,
  );
  const target = `  pg-prod:
    protocol: postgres
    address: 127.0.0.1:${server.port}
    database: postgres
    user: ${server.user}
    password: { env: TARGET_PASSWORD }
    tls: disable
    policy: [guarded]
`;
  const other = target.replace('pg-prod', 'pg-reason').replace('[guarded]', '[reasoned]');
  const lost = target.replace('pg-prod', 'pg-lost').replace(String(server.port), '1');
  const reasoned = '  reasoned:\n    default: allow\n    session: { ttl: 10m, reason: required }\n';
  const place = new Place(`version: 1\ntargets:\n${target}${other}${lost}${POLICY}${reasoned}`, {
    TARGET_PASSWORD: PASSWORD,
  });
  const remove = async (): Promise<void> => {
    place.remove();
    await server.stop();
  };
  return { server, place, main: builtProgram(), remove };
}

/** A server as an agent's program starts it, and that program's end of it. */
export interface Agent {
  readonly client: Client;
  /** What it said on stderr until now. */
  said(): string;
  call(tool: string, given?: Record<string, unknown>, options?: { readonly signal?: AbortSignal }): Promise<Told>;
  close(): Promise<void>;
}

export interface Told {
  readonly isError: boolean;
  readonly content: Readonly<Record<string, unknown>>;
}

export async function startAgent(stage: Stage, args: readonly string[] = [], name = 'test client'): Promise<Agent> {
  const { child, said } = startRaw(stage, args);
  const client = new Client({ name, version: '1' });
  await client.connect(transportOver(child));
  return {
    client,
    said,
    async call(tool, given = {}, options = {}) {
      const result = await client.callTool({ name: tool, arguments: given }, undefined, options);
      return { isError: result.isError === true, content: result.structuredContent as Told['content'] };
    },
    close: () => client.close(),
  };
}

/** The protocol's own, over pipes, would send signals to whatever takes longer than two seconds to end. */
function transportOver(child: ChildProcessWithoutNullStreams): Transport {
  const buffer = new ReadBuffer();
  const closed = once(child, 'close');
  const transport: Transport = {
    start: async () => {
      child.stdout.on('data', (part: Buffer) => {
        buffer.append(part);
        for (let message; (message = buffer.readMessage()) !== null;) transport.onmessage?.(message);
      });
    },
    send: async (message) => void child.stdin.write(serializeMessage(message)),
    close: async () => {
      child.stdin.end();
      await closed;
      transport.onclose?.();
    },
  };
  return transport;
}

/** The program without a client that knows the protocol: for what no client sends. */
export function startRaw({ place, main }: Stage, args: readonly string[] = []) {
  const child = spawn(process.execPath, [main, 'mcp', ...args], {
    cwd: place.directory,
    env: place.env,
    stdio: 'pipe',
  });
  child.stdin.on('error', () => undefined);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (part: Buffer) => (stdout += part.toString()));
  child.stderr.on('data', (part: Buffer) => (stderr += part.toString()));
  const closed = once(child, 'close') as Promise<[number | null]>;
  const outcome = closed.then(([code]) => ({ stdout, stderr, code }));
  return { child, outcome, said: () => stderr };
}

/** Runs a command of the built program. */
export async function command({ place, main }: Stage, ...args: readonly string[]) {
  const child = spawn(process.execPath, [main, ...args], {
    cwd: place.directory,
    env: place.env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number | null, stdout, stderr };
}

/** All that lies below a directory, as one text. */
export function allBelow(directory: string): string {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'))
    .join('\n');
}

/** The session that began last, which is over and whole. */
export async function newestSession(stage: Stage): Promise<string> {
  const { stdout } = await command(stage, 'sessions', 'list', '--json', '--limit', '1');
  const { sessions } = JSON.parse(stdout) as { sessions: { id: string; state: string }[] };
  const [{ id, state }] = sessions as [{ id: string; state: string }];
  if (state !== 'ended') throw new Error(`session ${id} is ${state}`);
  const verified = await command(stage, 'sessions', 'verify', id);
  if (!verified.stdout.startsWith('valid ')) throw new Error(verified.stdout);
  return id;
}
