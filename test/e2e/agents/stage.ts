import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { builtProgram } from '../../cli/built.ts';
import { type Outcome, Place, root } from '../../cli/command-line.ts';
import { type Server, startServer } from '../../postgres/server.ts';

const PASSWORD = 'canary-target-5b1e';
const EXAMPLE = join(root, 'docs', 'examples', 'agents');

/** The example of docs/agents.md, copied to where somebody would have it, the program that was built, and a server. */
export class AgentStage {
  readonly server: Server;
  readonly #place: Place;
  readonly #main: string;
  readonly #project: string;

  private constructor(server: Server, place: Place, main: string) {
    this.server = server;
    this.#place = place;
    this.#main = main;
    this.#project = join(place.directory, 'shop');
    cpSync(EXAMPLE, this.#project, { recursive: true });
    symlinkSync(join(root, 'node_modules'), join(this.#project, 'node_modules'));
    // Within reach of the agent: what it cannot do is then not for want of the program.
    cpSync(dirname(main), join(this.#project, 'hoopctl'), { recursive: true });
    const shown = readFileSync(join(EXAMPLE, 'hoopctl.yaml'), 'utf8');
    this.write('hoopctl.yaml', reaching(shown, server));
  }

  static async open(): Promise<AgentStage> {
    const server = await startServer({ authentication: 'scram-sha-256', password: PASSWORD });
    await server.admin(
      'postgres',
      'create schema app',
      'create table app.customers (id int primary key, name text, email text, plan text)',
      'create table app.customers_2019 (id int)',
      `insert into app.customers values (1, 'Ada', 'ada@example.com', 'pro'), (2, 'Grace', 'grace@example.com', 'free')`,
    );
    return new AgentStage(server, new Place(null, { PG_PROD_PASSWORD: PASSWORD }), builtProgram());
  }

  get state(): string {
    return this.#place.state;
  }

  write(name: string, contents: string): void {
    writeFileSync(join(this.#project, name), contents);
  }

  /** The built program, from the project's directory. */
  start(...args: readonly string[]): { readonly child: ChildProcess; readonly outcome: Promise<Outcome> } {
    return this.#start(this.#main, args);
  }

  run(...args: readonly string[]): Promise<Outcome> {
    return this.start(...args).outcome;
  }

  /** The copy that the agent sees, run outside. */
  runCopy(...args: readonly string[]): Promise<Outcome> {
    return this.#start(join(this.#project, 'hoopctl', 'main.js'), args).outcome;
  }

  async planOf(name: string): Promise<unknown> {
    const [row] = await this.server.admin('postgres', `select plan from app.customers where name = '${name}'`);
    return row?.['plan'];
  }

  async close(): Promise<void> {
    this.#place.remove();
    await this.server.stop();
  }

  #start(main: string, args: readonly string[]): { child: ChildProcess; outcome: Promise<Outcome> } {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: this.#project,
      env: this.#place.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return { child, outcome: outcomeOf(child) };
  }
}

async function outcomeOf(child: ChildProcess): Promise<Outcome> {
  if (child.stdout === null || child.stderr === null) throw new Error('no output');
  const over = once(child, 'close') as Promise<[Outcome['code'], Outcome['signal']]>;
  const [stdout, stderr, [code, signal]] = await Promise.all([text(child.stdout), text(child.stderr), over]);
  return { code, signal, stdout, stderr };
}

/** The example's configuration with this server in place of the one that it speaks of. */
function reaching(shown: string, { port, user }: Server): string {
  const replaced: readonly (readonly [string, string])[] = [
    ['address: db.internal:5432', `address: 127.0.0.1:${port}`],
    ['database: app', 'database: postgres'],
    ['user: app_rw', `user: ${user}`],
    ['tls: verify-full', 'tls: disable'],
  ];
  return replaced.reduce((yaml, [from, to]) => {
    if (!yaml.includes(from)) throw new Error(`the example says nothing of ${from}`);
    return yaml.replace(from, to);
  }, shown);
}
