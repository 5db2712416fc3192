import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import { HoopError } from '../../src/core/errors.ts';
import type { Grammar } from '../../src/core/grammar.ts';
import type { ClientFile, DoorCredential, Protocol } from '../../src/core/protocol.ts';
import type { SessionEvent } from '../../src/core/recorder.ts';
import { Secret } from '../../src/core/secret.ts';
import type { Target } from '../../src/core/target.ts';
import { fileVariables, writeClientFiles, type WrittenFiles } from '../../src/local/client-files.ts';
import { type Door, openDoor } from '../../src/local/door.ts';
import { createProtocol } from '../../src/protocols/registry.ts';
import { openGrammar, openSession, type Session } from '../../src/session/index.ts';
import { eventually } from '../eventually.ts';
import { person } from '../policy/examples.ts';
import { unanswered } from '../session/asking.ts';
import { ScriptedRecorder, TestStanding } from '../session/bench.ts';
import { POSTGRES } from './postgres.ts';
import { SSH } from './ssh.ts';
import type { Client, Place } from './subject.ts';

/** Every protocol that hoopctl speaks passes all that follows. */
const SUBJECTS = [...POSTGRES, SSH];

it('every protocol that is registered is among the subjects', async () => {
  const spoken = (['postgres', 'mysql', 'ssh', 'kubernetes', 'http'] as const).filter(
    (name) => createProtocol(name) !== null,
  );
  expect(new Set(SUBJECTS.map((subject) => subject.name.split(' ')[0]))).toEqual(new Set(spoken));
});

/** A session behind a real door, with all that passes to the client kept. */
interface Stage {
  readonly session: Session;
  readonly protocol: Protocol;
  readonly door: Door;
  readonly credential: DoorCredential;
  readonly recorder: ScriptedRecorder;
  readonly warnings: string[];
  /** All bytes that clients were sent. */
  shown(): string;
}

/** The same stream; what is written to it is kept. */
function tapped(client: Duplex, keep: (bytes: Buffer) => void): Duplex {
  const write = client.write.bind(client) as (...args: unknown[]) => boolean;
  const end = client.end.bind(client) as (...args: unknown[]) => Duplex;
  const look = (bytes: unknown): void => {
    if (typeof bytes === 'string' || Buffer.isBuffer(bytes)) keep(Buffer.from(bytes as string));
  };
  return Object.assign(client, {
    write: (...args: unknown[]) => (look(args[0]), write(...args)),
    end: (...args: unknown[]) => (look(args[0]), end(...args)),
  });
}

/** Files that are gone at the end of the block. */
async function filesIn(directory: string, files: readonly ClientFile[]): Promise<WrittenFiles & AsyncDisposable> {
  const written = await writeClientFiles(directory, files);
  return { ...written, [Symbol.asyncDispose]: () => written.remove() };
}

const statementsOf = (events: readonly SessionEvent[]): string[] =>
  events.flatMap((event) => (event.type === 'statement' && event.text !== null ? [event.text] : []));

describe.each(SUBJECTS)('$name', ({ start }) => {
  let place: Place;
  let grammar: Grammar;
  let runtime: string;
  let stage: Stage;
  const stages: Stage[] = [];
  const clients: Client[] = [];

  beforeAll(async () => {
    place = await start();
    grammar = openGrammar();
    runtime = mkdtempSync(join(tmpdir(), 'hoopctl-compliance-'));
  });
  afterAll(async () => {
    await grammar.close();
    await place.close();
    rmSync(runtime, { recursive: true });
  });
  beforeEach(async () => {
    stage = await openStage(place.target);
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) await client.close().catch(() => undefined);
    for (const one of stages.splice(0)) {
      await one.session.end('test over');
      await one.door.close();
    }
    await eventually(
      () => place.connections(),
      (count) => count === 0,
    );
    await place.reached();
  });

  async function openStage(target: Target): Promise<Stage> {
    const recorder = new ScriptedRecorder();
    const protocol = place.protocol();
    const credential = { user: 'visitor', secret: new Secret('of this session alone') };
    const warnings: string[] = [];
    const shown: Buffer[] = [];
    const warn = (message: string): void => void warnings.push(message);
    const session = openSession({
      keepUndo: null,
      id: 'session',
      target,
      protocol,
      standing: new TestStanding(person),
      policies: [place.policy],
      recorder,
      grammar,
      door: credential,
      clock: systemClock,
      approver: unanswered(systemClock),
      observe: () => undefined,
      masked: () => undefined,
      held: () => undefined,
      warn,
    });
    const door = await openDoor({
      target: target.name,
      place: { kind: 'tcp', port: null },
      runtime,
      sockets: 100,
      serve: (client) => session.serve(tapped(client, (bytes) => void shown.push(bytes))),
      warn,
    });
    const opened = {
      session,
      protocol,
      door,
      credential,
      recorder,
      warnings,
      shown: () => Buffer.concat(shown).toString('latin1'),
    };
    stages.push(opened);
    return opened;
  }

  async function connected(on = stage): Promise<Client> {
    const client = await place.connect(on.door.address, on.credential);
    clients.push(client);
    return client;
  }

  async function works(client: Client, number: number): Promise<void> {
    const { statement, answer } = place.harmless(number);
    expect(await client.run(statement)).toEqual({ outcome: 'done', answer });
  }

  it('lets pass what the policy allows', async () => {
    await works(await connected(), 21);
    expect(await place.reached()).toEqual([place.harmless(21).statement]);
  });

  it('says what it can enforce, and can at least decide', () => {
    expect(stage.protocol.enforces.has('statement')).toBe(true);
  });

  it.each([
    ['a wrong secret', 'visitor', 'wrong'],
    ['no secret', 'visitor', ''],
    ['another user', 'root', 'of this session alone'],
  ])('opens to nobody with %s, and the target does not hear of it (law 6, R13)', async (_what, user, secret) => {
    await expect(place.connect(stage.door.address, { user, secret: new Secret(secret) })).rejects.toThrow();
    expect(await place.connections()).toBe(0);
    expect(stage.recorder.events).toEqual([]);
  });

  it('listens on loopback alone (R12)', async () => {
    const { address } = stage.door;
    expect(address).toMatchObject({ kind: 'tcp', host: '127.0.0.1' });
    if (address.kind !== 'tcp') return;
    const elsewhere = Object.values(networkInterfaces())
      .flatMap((one) => one ?? [])
      .filter((one) => !one.internal)
      .map((one) => one.address.concat(one.family === 'IPv6' && one.scopeid ? `%${one.scopeid}` : ''));
    for (const host of ['::1', ...elsewhere]) {
      const socket: Socket = connect({ host, port: address.port });
      await expect(once(socket, 'connect')).rejects.toThrow();
    }
  });

  it('drops who speaks another language (R14)', async () => {
    const { address } = stage.door;
    if (address.kind !== 'tcp') throw new Error('not a TCP door');
    for (const words of [
      'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n',
      '\u0016\u0003\u0001\u0002\u0000\u0001',
      ...(place.target.protocol === 'ssh' ? [] : ['SSH-2.0-x\r\n']),
    ]) {
      const socket = connect({ host: address.host, port: address.port });
      socket.on('error', () => undefined);
      socket.resume().write(Buffer.from(words, 'latin1'));
      await once(socket, 'close');
    }
    expect(stage.recorder.events).toEqual([]);
  });

  it('refuses what is denied, sends nothing of it, and goes on (laws 1 and 7)', async () => {
    const client = await connected();
    await works(client, 1);
    const refused = await client.run(place.denied);
    expect(refused.outcome).toBe('refused');
    await works(client, 2);
    expect(await place.reached()).toEqual([place.harmless(1).statement, place.harmless(2).statement]);
    expect(statementsOf(stage.recorder.events).filter((text) => text !== place.hello)).toEqual([
      place.harmless(1).statement,
      place.denied,
      place.harmless(2).statement,
    ]);
  });

  it('sends nothing before it is on record (law 3)', async () => {
    const client = await connected();
    await works(client, 1);
    await place.reached();
    const gate = Promise.withResolvers<undefined>();
    stage.recorder.gate = gate.promise;
    const { statement, answer } = place.harmless(3);
    const running = client.run(statement);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(await place.reached()).toEqual([]);
    gate.resolve(undefined);
    expect(await running).toEqual({ outcome: 'done', answer });
    expect(await place.reached()).toEqual([statement]);
  });

  it('sends nothing that cannot be put on record, and ends the session (R43)', async () => {
    const [client, other] = [await connected(), await connected()];
    await works(client, 1);
    await place.reached();
    stage.recorder.broken = new HoopError('record.append', 'the disk is full');
    expect((await client.run(place.harmless(4).statement)).outcome).not.toBe('done');
    expect(await stage.session.ended).toBe('record');
    await Promise.all([client.ended, other.ended]);
    expect(await place.reached()).toEqual([]);
    await eventually(
      () => place.connections(),
      (count) => count === 0,
    );
    expect(stage.warnings.join()).toContain('the disk is full');
  });

  it('lets nobody in when the beginning cannot be put on record', async () => {
    stage.recorder.broken = new HoopError('record.append', 'the disk is full');
    await expect(connected()).rejects.toThrow();
    await eventually(
      () => place.connections(),
      (count) => count === 0,
    );
  });

  it('ends with the session, for those who are in and for those who come (law 6)', async () => {
    const many = [await connected(), await connected(), await connected()];
    await stage.session.end('time limit');
    await Promise.all(many.map((client) => client.ended));
    await eventually(
      () => place.connections(),
      (count) => count === 0,
    );
    for (const client of many) expect((await client.run(place.harmless(1).statement)).outcome).toBe('ended');
    await expect(connected()).rejects.toThrow();
    expect(stage.recorder.closed).toEqual(['time limit']);
  });

  it('notes when connections begin and end', async () => {
    const client = await connected();
    await works(client, 1);
    await client.close();
    await eventually(
      () => stage.recorder.events.at(-1)?.type,
      (type) => type === 'close',
    );
    expect(stage.recorder.events[0]).toMatchObject({ type: 'open', connection: 1 });
    expect(stage.recorder.events.at(-1)).toMatchObject({ type: 'close', connection: 1, cause: 'client' });
  });

  it('shows no client the target’s credential, in success, refusal or failure (law 5)', async () => {
    const client = await connected();
    await works(client, 1);
    await client.run(place.denied);
    const locked = await openStage(place.locked);
    const failure = await connected(locked).catch((error: unknown) => String(error));
    expect(typeof failure).toBe('string');
    await expect(locked.protocol.probe(place.locked, AbortSignal.timeout(20_000))).rejects.toMatchObject({
      name: 'HoopError',
    });
    await stage.session.end('over');
    const everything = [stage, locked]
      .map((one) => one.shown() + JSON.stringify([one.recorder.events, one.warnings]))
      .join('\n');
    expect(everything.length).toBeGreaterThan(100);
    for (const secret of place.secrets) expect(everything + JSON.stringify(failure)).not.toContain(secret);
  });

  it('tells ordinary clients all they need, in variables and as a URL, and nothing of the target’s credential', async () => {
    const { protocol, door, credential } = stage;
    const files = protocol.files(door.address, credential, place.target);
    await using written = await filesIn(runtime, files);
    const environment = {
      ...protocol.environment(door.address, credential, place.target),
      ...fileVariables(files, written.directory),
    };
    const url = protocol.url(door.address, credential, place.target);
    const texts = files.map((file) => file.text(written.directory ?? ''));
    for (const secret of place.secrets) expect(JSON.stringify([environment, url, texts])).not.toContain(secret);
    const byUrl = await place.connectByUrl(url, environment);
    for (const client of [await place.connectByEnvironment(environment), byUrl]) {
      clients.push(client);
      await works(client, 5);
    }
  });

  it('can look whether the target is there, and says what is wrong when it is not', async () => {
    const report = await stage.protocol.probe(place.target, AbortSignal.timeout(20_000));
    expect(report.serverVersion).not.toBe('unknown');
    expect(report.milliseconds).toBeGreaterThan(0);
    const nowhere = { ...place.target, port: 1 };
    const failure = await stage.protocol.probe(nowhere, AbortSignal.timeout(20_000)).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(HoopError);
    expect((failure as HoopError).hint).not.toBeNull();
    const failed = await openStage(nowhere);
    await expect(connected(failed)).rejects.toThrow();
  });

  it('serves any duplex stream, and never rejects when it breaks', async () => {
    for (const how of ['end', 'destroy', 'error', 'garbage'] as const) {
      const client = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done() });
      const serving = stage.session.serve(client);
      if (how === 'end') client.push(null);
      if (how === 'destroy') client.destroy();
      if (how === 'error') client.destroy(new Error('reset'));
      if (how === 'garbage') client.push(Buffer.alloc(100, 0xff));
      expect(await serving).toHaveProperty('cause');
    }
  });
});
