import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { Secret } from '../../core/secret.ts';
import { clientEnvironment } from '../../local/environment.ts';
import { tableLines } from '../../record/table.ts';
import { visible } from '../../core/visible.ts';
import { connectDriver } from './server.ts';

/** What came of one statement. */
export interface Answer {
  /** What the client shows, line by line. */
  readonly lines: readonly string[];
  /** SQLSTATE of an error, or null. */
  readonly error: string | null;
}

/** An ordinary client that goes through the door. */
export interface DemoClient {
  readonly name: string;
  /** Runs statements one after the other on one connection; an error does not end it. */
  run(statements: readonly string[]): Promise<readonly Answer[]>;
}

/** psql where it is installed, otherwise the driver that comes along. */
export async function findClient(door: Readonly<Record<string, string>>): Promise<DemoClient> {
  return (await hasPsql()) ? psql(door) : driver(door);
}

async function hasPsql(): Promise<boolean> {
  const child = spawn('psql', ['--version'], { stdio: 'ignore' });
  try {
    const [code] = (await once(child, 'exit')) as [number | null];
    return code === 0;
  } catch {
    // It cannot be started at all.
    return false;
  }
}

const BETWEEN = '-- hoopctl demo: next --';

function psql(door: Readonly<Record<string, string>>): DemoClient {
  const run = async (statements: readonly string[]): Promise<readonly Answer[]> => {
    const args = ['--no-psqlrc', '--quiet', '--set=VERBOSITY=verbose', '--set=SHOW_CONTEXT=never', '--pset=pager=off'];
    const child = spawn('psql', args, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: clientEnvironment(process.env, [], door),
    });
    // Output and errors of a statement end at a marker of their own.
    const script = statements.map((statement) => `${statement};\n\\echo '${BETWEEN}'\n\\warn '${BETWEEN}'\n`).join('');
    child.stdin.on('error', () => undefined).end(script);
    const [shown, errors] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    const [answers, complaints] = [shown.split(BETWEEN), errors.split(BETWEEN)];
    return statements.map((_, index) => answerOf(answers[index] ?? '', complaints[index] ?? ''));
  };
  return { name: 'psql', run };
}

function answerOf(shown: string, complaints: string): Answer {
  // `LOCATION` names a line of the server's source code; `psql:<stdin>:1:` a line of ours.
  const lines = `${shown}\n${complaints.replaceAll(/^psql:<stdin>:\d+: /gm, '')}`
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('LOCATION:'))
    .map(visible);
  return { lines, error: /ERROR:\s+([0-9A-Z]{5}):/.exec(complaints)?.[1] ?? null };
}

function driver(door: Readonly<Record<string, string>>): DemoClient {
  const run = async (statements: readonly string[]): Promise<readonly Answer[]> => {
    const client = await connectDriver({
      host: door['PGHOST'] ?? '',
      port: Number(door['PGPORT']),
      user: door['PGUSER'] ?? '',
      password: new Secret(door['PGPASSWORD'] ?? ''),
      database: door['PGDATABASE'] ?? '',
    });
    const answers: Answer[] = [];
    try {
      for (const statement of statements)
        answers.push(await client.query({ text: statement, rowMode: 'array' }).then(rowsShown, errorShown));
    } finally {
      await client.end();
    }
    return answers;
  };
  return { name: 'the driver pg', run };
}

function rowsShown(result: {
  readonly fields: readonly { readonly name: string }[];
  readonly rows: readonly unknown[][];
  readonly command: string;
}): Answer {
  const names = result.fields.map(({ name }) => name);
  const rows = result.rows.map((row) => row.map((value) => (value === null ? null : shownValue(value))));
  return { lines: names.length === 0 ? [result.command] : tableLines(names, rows, { maxCell: 60 }), error: null };
}

/** The driver turns some types into values of JavaScript. */
function shownValue(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function errorShown(error: unknown): Answer {
  if (!(error instanceof Error)) throw error;
  const fields = new Map(Object.entries(error));
  const code = fields.get('code');
  const lines = [`ERROR:  ${String(code)}: ${error.message}`];
  for (const name of ['detail', 'hint']) {
    const value: unknown = fields.get(name);
    if (typeof value === 'string') lines.push(`${name.toUpperCase()}:  ${value}`);
  }
  return { lines: lines.map(visible), error: typeof code === 'string' ? code : 'unknown' };
}
