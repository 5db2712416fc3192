import { type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import { type SparesOptions, Spares } from '../../../src/protocols/postgres/spares.ts';
import { LoginRefused, type Upstream } from '../../../src/protocols/postgres/upstream.ts';
import { Inbound } from '../../../src/wire/inbound.ts';

/** The target's end of one connection, and how its login goes on. */
interface Line {
  readonly settings: ReadonlyMap<string, string>;
  /** What hoopctl wrote. */
  readonly said: string[];
  readonly socket: PassThrough;
  /** Lets it in. */
  admit(): void;
  refuse(error: Error): void;
  readonly upstream: Upstream;
}

const SECOND = 1000;

const admit = (line: Line): void => line.admit();
/** All but the third, which is the first spare. */
const admitClients = (line: Line, index: number): void => void (index === 2 || line.admit());

/** Spares of a target that is played by hand, under a clock that is set by hand. */
function stage({
  answer = admit,
  ...options
}: Partial<SparesOptions> & { answer?: (line: Line, index: number) => void } = {}) {
  const lines: Line[] = [];
  const login: SparesOptions['login'] = (settings, gone) =>
    new Promise((resolve, reject) => {
      const said: string[] = [];
      const socket = new PassThrough();
      const spoken = {
        readyState: 'open',
        end: (bytes: Buffer) => {
          said.push(String.fromCharCode(bytes[0] ?? 0));
          return socket.destroy();
        },
      };
      Object.assign(socket, spoken);
      const inbound = new Inbound(socket);
      const upstream: Upstream = {
        socket: socket as unknown as Socket,
        inbound,
        greeting: [],
        key: null,
        authentication: 'trust',
        tls: null,
      };
      gone.addEventListener('abort', () => reject(new HoopError('postgres.unreachable', 'given up')));
      const line: Line = { settings, said, socket, admit: () => resolve(upstream), refuse: reject, upstream };
      lines.push(line);
      answer(line, lines.length - 1);
    });
  const spares = new Spares({
    limits: { spares: 4, spareAge: 30 * SECOND },
    clock: { now: () => Date.now(), monotonic: () => Date.now() * 1000 },
    login,
    prepare: () => Promise.resolve(),
    room: () => true,
    ...options,
  });
  const connect = (name = 'app', gone = new AbortController().signal): Promise<Upstream> =>
    spares.connect(startup(name), gone);
  const come = async (name = 'app'): Promise<Upstream> => {
    const upstream = await connect(name);
    spares.expect(startup(name));
    await vi.advanceTimersByTimeAsync(1);
    return upstream;
  };
  return { spares, lines, connect, come };
}

const startup = (name: string): ReadonlyMap<string, string> =>
  new Map([
    ['application_name', name],
    ['client_encoding', 'UTF8'],
  ]);

const turn = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const short = (): Error => new LoginRefused('53300');

describe('spare connections', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('are made for who comes again, and not for who comes once', async () => {
    const { lines, come } = stage();
    await come();
    expect(lines).toHaveLength(1);
    await come();
    expect(lines).toHaveLength(3);
  });

  it('are not made for who comes again after more than ten seconds', async () => {
    const { lines, come } = stage();
    await come();
    await vi.advanceTimersByTimeAsync(10 * SECOND);
    await come();
    expect(lines).toHaveLength(2);
  });

  it('are handed out, each to one client', async () => {
    const { lines, come } = stage();
    const had = [await come(), await come(), await come(), await come()];
    expect(new Set(had).size).toBe(4);
    expect(had).toEqual([lines[0], lines[1], lines[2], lines[3]].map((line) => line?.upstream));
  });

  it('are handed out to one of those who come at once, and the others log in themselves', async () => {
    const { lines, come, connect } = stage();
    await come();
    await come();
    const had = await Promise.all([connect(), connect(), connect()]);
    expect(new Set(had).size).toBe(3);
    expect(had).toContain(lines[2]?.upstream);
    expect(lines).toHaveLength(5);
  });

  it('go only to who asks for the very same, in whatever order', async () => {
    const { spares, lines, come, connect } = stage();
    await come();
    await come();
    const spare = lines[2]?.upstream;
    for (const more of [
      [['application_name', 'other']],
      [
        ['application_name', 'app'],
        ['client_encoding', 'UTF8'],
        ['datestyle', 'ISO'],
      ],
      [['application_name', 'app']],
      [
        ['application_name', 'app'],
        ['client_encoding', 'utf8'],
      ],
    ] as const) {
      expect(await spares.connect(new Map(more), new AbortController().signal)).not.toBe(spare);
    }
    const turned = new Map([...startup('app')].reverse());
    expect(await spares.connect(turned, new AbortController().signal)).toBe(spare);
    expect(await connect()).not.toBe(spare);
  });

  it('are waited for when they are on their way, by one client', async () => {
    const { lines, come, connect } = stage({ answer: admitClients });
    await come();
    await come();
    const waiting = connect();
    await turn();
    expect(lines).toHaveLength(3);
    expect(await connect()).toBe(lines[3]?.upstream);
    lines[2]?.admit();
    expect(await waiting).toBe(lines[2]?.upstream);
  });

  it('are given up when they do not come in time, and whoever waited logs in', async () => {
    const { lines, come, connect } = stage({ answer: admitClients });
    await come();
    await come();
    const waiting = connect();
    await vi.advanceTimersByTimeAsync(SECOND - 1);
    expect(lines).toHaveLength(3);
    await vi.advanceTimersByTimeAsync(1);
    expect(await waiting).toBe(lines[3]?.upstream);
    lines[2]?.admit();
    await turn();
    expect(await connect()).toBe(lines[4]?.upstream);
  });

  it('stay for the next when the client that waited for one goes away', async () => {
    const { lines, come, connect } = stage({ answer: admitClients });
    await come();
    await come();
    const gone = new AbortController();
    const waiting = connect('app', gone.signal);
    await turn();
    gone.abort();
    expect(await waiting).not.toBe(lines[2]?.upstream);
    lines[2]?.admit();
    await turn();
    expect(await connect()).toBe(lines[2]?.upstream);
  });

  it('are closed in order when nobody comes', async () => {
    const { lines, come, connect } = stage();
    await come();
    await come();
    await vi.advanceTimersByTimeAsync(30 * SECOND - 2);
    expect(lines[2]?.said).toEqual([]);
    await vi.advanceTimersByTimeAsync(2);
    expect(lines[2]?.said).toEqual(['X']);
    expect(await connect()).toBe(lines[3]?.upstream);
  });

  it('do not grow old in the hands of a client', async () => {
    const { lines, come } = stage();
    for (const time of [0, 1, 2]) expect((await come()).socket).toBe(lines[time]?.socket);
    await vi.advanceTimersByTimeAsync(60 * SECOND);
    expect(lines[2]?.said).toEqual([]);
  });

  it.each([
    ['says anything', (line: Line | undefined) => line?.socket.write('N')],
    ['closes', (line: Line | undefined) => line?.socket.push(null)],
    ['breaks', (line: Line | undefined) => line?.socket.destroy()],
  ])('are not handed out when the target %s on them', async (_what, act) => {
    const { lines, come, connect } = stage();
    await come();
    await come();
    act(lines[2]);
    await turn();
    expect(await connect()).toBe(lines[3]?.upstream);
  });

  it('are not handed out when the target has said something this very moment', async () => {
    const { lines, come, connect } = stage();
    await come();
    await come();
    lines[2]?.socket.write('N');
    expect(await connect()).toBe(lines[3]?.upstream);
  });

  it('leave what the target says to the client that got one', async () => {
    const { lines, come } = stage();
    await come();
    await come();
    const { inbound } = await come();
    lines[2]?.socket.write('hello');
    await turn();
    expect(String(await inbound.exactly(5))).toBe('hello');
    expect(lines[2]?.said).toEqual([]);
  });

  it('are not kept when they cannot be made ready', async () => {
    const prepare = vi.fn<SparesOptions['prepare']>().mockRejectedValue(new HoopError('postgres.catalog', 'no'));
    const { lines, come, connect } = stage({ prepare });
    await come();
    await come();
    expect(lines[2]?.socket.destroyed).toBe(true);
    expect(await connect()).toBe(lines[3]?.upstream);
  });

  it('that the target refuses are no client’s failure, and are not tried again for a minute', async () => {
    const { lines, come, connect } = stage({ answer: admitClients });
    await come();
    await come();
    const waiting = connect();
    lines[2]?.refuse(short());
    expect(await waiting).toBe(lines[3]?.upstream);
    for (let time = 0; time < 12; time += 1) {
      await come();
      await vi.advanceTimersByTimeAsync(5 * SECOND - 10);
    }
    expect(lines).toHaveLength(16);
    await vi.advanceTimersByTimeAsync(SECOND);
    await come();
    expect(lines).toHaveLength(18);
  });

  it('give way to a client that the target has no place for, which then gets one', async () => {
    const { lines, come, connect } = stage({
      answer: (line, index) => (index === 3 ? line.refuse(short()) : line.admit()),
    });
    await come('one');
    await come('one');
    expect(await connect('two')).toBe(lines[4]?.upstream);
    expect(lines[2]?.said).toEqual(['X']);
  });

  it('that are not there can give no way: the client hears what the target says', async () => {
    const { lines, connect } = stage({ answer: (line) => line.refuse(short()) });
    await expect(connect()).rejects.toMatchObject({ sqlstate: '53300' });
    expect(lines).toHaveLength(1);
  });

  it('are no more than allowed, and none when none are', async () => {
    const two = stage({ limits: { spares: 2, spareAge: 30 * SECOND } });
    for (const name of ['a', 'b', 'c']) {
      await two.come(name);
      await two.come(name);
    }
    expect(two.lines).toHaveLength(8);
    const none = stage({ limits: { spares: 0, spareAge: 30 * SECOND } });
    await none.come();
    await none.come();
    expect(none.lines).toHaveLength(2);
  });

  it('leave the target’s connections to clients where there is no room for both', async () => {
    let most = 1;
    const { lines, come } = stage({ room: (spares) => spares <= most });
    for (const name of ['a', 'a', 'b', 'b']) await come(name);
    expect(lines).toHaveLength(5);
    most = 0;
    await come('c');
    expect(lines[2]?.said).toEqual(['X']);
  });

  it('that break while they give way fail nobody', async () => {
    const { lines, connect, come } = stage({
      answer: (line, index) => (index === 3 ? line.refuse(short()) : line.admit()),
    });
    await come();
    await come();
    const spare = lines[2];
    if (spare === undefined) throw new Error('no spare was made');
    spare.socket.end = () => {
      queueMicrotask(() => spare.socket.destroy(new Error('given up')));
      return spare.socket;
    };
    const late = connect('other');
    await turn();
    expect(await late).toBe(lines[4]?.upstream);
  });

  it('are closed with the session, made or not, and no more are made', async () => {
    const { lines, come, spares } = stage();
    await come();
    await come();
    spares.close();
    await turn();
    expect(lines[2]?.said).toEqual(['X']);
    await come();
    await come();
    expect(lines).toHaveLength(5);
  });
});
