import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server as NetServer } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { ORDINARY, OrdinaryProgram } from '../ordinary-program.ts';
import { type Server, startServer } from '../postgres/server.ts';
import { type Outcome, Place, root, type Running } from './command-line.ts';

export const TARGET_PASSWORD = 'canary-7f3a9c1e';

/** A server, a configuration with scripts, and a project below a home directory. */
export class ExecStage {
  readonly server: Server;
  readonly place: Place;
  readonly project: string;
  readonly #echo: NetServer;
  /** Null while root runs it. */
  #ordinary: OrdinaryProgram | null = null;

  private constructor(server: Server, place: Place, echo: NetServer) {
    this.#echo = echo;
    this.server = server;
    this.place = place;
    this.project = join(place.directory, 'work', 'project');
    mkdirSync(this.project, { recursive: true });
  }

  static async open(): Promise<ExecStage> {
    const server = await startServer({ authentication: 'scram-sha-256', password: TARGET_PASSWORD });
    await server.admin('postgres', 'create schema app', 'create table app.customers (id int primary key, name text)');
    await server.admin('postgres', "insert into app.customers values (1, 'Ada'), (2, 'Grace')");
    const echo = createServer((socket) => void socket.on('error', () => socket.destroy()).pipe(socket));
    echo.listen(0, '127.0.0.1');
    await once(echo, 'listening');
    const { port } = echo.address() as AddressInfo;
    const place = new Place(configuration(server, port), { TARGET_PASSWORD, OPENAI_API_KEY: 'sk-passed-on-4711' });
    Object.assign(place.env, { HOOPCTL_CONFIG: join(place.directory, 'hoopctl.yaml'), GITHUB_TOKEN: 'ghp-left-out' });
    return new ExecStage(server, place, echo);
  }

  /** Of somebody who says everything again. */
  get echo(): number {
    return (this.#echo.address() as AddressInfo).port;
  }

  write(name: string, contents: string): void {
    writeFileSync(join(this.project, name), contents);
  }

  /** Everything is another user's from here on, who is nobody special. */
  becomeOrdinary(): void {
    this.#ordinary = new OrdinaryProgram();
    execFileSync('chown', ['-hR', `${ORDINARY.uid}:${ORDINARY.gid}`, this.place.directory]);
  }

  start(...args: readonly string[]): Running {
    const words = [join(root, 'src', 'cli', 'main.ts'), ...args];
    const [file, rest] = this.#ordinary?.command(process.execPath, words) ?? [process.execPath, words];
    const child = spawn(file, rest, { cwd: this.project, env: this.place.env, stdio: ['pipe', 'pipe', 'pipe'] });
    child.stdin.end();
    return { child, outcome: outcomeOf(child) };
  }

  run(...args: readonly string[]): Promise<Outcome> {
    return this.start(...args).outcome;
  }

  /** `exec --target pg-one … -- COMMAND`. */
  exec(command: readonly string[], ...options: readonly string[]): Promise<Outcome> {
    return this.run('exec', '--target', 'pg-one', ...options, '--', ...command);
  }

  async close(): Promise<void> {
    this.#echo.close();
    this.place.remove();
    this.#ordinary?.remove();
    await this.server.stop();
  }
}

export async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  if (child.stdout === null || child.stderr === null) throw new Error('no output');
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ]);
  return { code: code as number | null, signal: signal as NodeJS.Signals | null, stdout, stderr };
}

/** `echo`: the port of somebody who says everything again. */
function configuration(server: Server, echo: number): string {
  const target = (name: string, policy: string): string => `  ${name}:
    protocol: postgres
    address: 127.0.0.1:${server.port}
    database: postgres
    user: ${server.user}
    password: { env: TARGET_PASSWORD }
    tls: disable
    policy: [${policy}]
`;
  return `version: 1
targets:
${target('pg-one', 'guarded')}${target('pg-two', 'guarded')}${target('pg-free', 'easy')}policies:
  guarded:
    default: allow
    deny:
      - { action: drop, message: not here }
    mask:
      - { detect: [credit-card], with: redact }
      - { column: app.customers.name, with: redact }
    session: { ttl: 10m }
  easy:
    default: allow
    session: { sandbox: optional }
  elsewhere:
    default: allow
    access: read-only
    applies_to: { groups: [nobody-is-in-this-group] }
  reading:
    default: allow
    access: read-only
scripts:
  count: { command: [psql, -Atc, "select count(*) from app.customers"], targets: [pg-one] }
  narrow: { command: [psql, -c, "delete from app.customers"], targets: [pg-one], policy: [reading] }
  misled: { command: [touch, made], targets: [pg-one], policy: [reading, elsewhere], workdir: read-write }
  free: { command: [sh, -c, "echo $OPENAI_API_KEY$GITHUB_TOKEN; test -d $HOME/work && echo home"], targets: [pg-one], sandbox: none }
  passed: { command: [sh, -c, "test -n \\"$OPENAI_API_KEY\\" && echo got it; echo $OPENAI_API_KEY"], targets: [pg-one], env: [OPENAI_API_KEY] }
  slow: { command: [sleep, "60"], targets: [pg-one], limits: { time: 1s } }
  bold: { command: [touch, made-boldly], targets: [pg-free], workdir: read-write }
  stopper: { command: [sh, -c, "kill -STOP 2; for i in $(seq 100); do sleep 60 & done; wait"], targets: [pg-one], limits: { processes: 32 } }
  hoarder: { command: [/usr/bin/python3, hoard.py], targets: [pg-one], limits: { memory: 200MiB } }
  bomb: { command: [sh, -c, "for i in $(seq 100); do sleep 60 & done; wait"], targets: [pg-one], limits: { processes: 32 } }
  hosts: { command: [/usr/bin/python3, hosts.py], targets: [pg-one], hosts: ["127.0.0.1:${echo}"] }
  writer: { command: [sh, -c, "echo x >made"], targets: [pg-one], workdir: read-write }
`;
}
