import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exitCodeOf, report } from '../../src/cli/failure.ts';
import { Terminal } from '../../src/cli/terminal.ts';
import { HoopError } from '../../src/core/errors.ts';
import { lastLine, Place } from './command-line.ts';
import { captured } from './streams.ts';

const CONFIG = `version: 1
targets:
  pg-prod:
    protocol: postgres
    address: 127.0.0.1:1
    database: app
    user: app
    tls: disable
    policy: [strict]
  pg-masked:
    protocol: postgres
    address: 127.0.0.1:1
    database: app
    user: app
    tls: disable
    policy: [masked]
  pg-others:
    protocol: postgres
    address: 127.0.0.1:1
    database: app
    user: app
    tls: disable
    policy: [others]
policies:
  strict:
    default: allow
    deny: [{ action: drop }]
    session: { ttl: 30m, reason: required }
  masked:
    default: allow
    mask: [{ field: /email, with: redact }]
  others:
    default: allow
    deny: [{ action: drop }]
    applies_to: { subjects: [somebody-else] }
`;

const place = new Place(CONFIG);
const empty = new Place(null);
afterAll(() => {
  place.remove();
  empty.remove();
});

describe('a command line that is wrong', () => {
  it.each([
    [['conect', 'pg-prod'], 'unknown command', 'hoopctl connect'],
    [['proceed', 'script'], 'unknown command', 'hoopctl --help'],
    [['gateway'], 'unknown command', 'hoopctl --help'],
    [['approve'], 'which request', 'hoopctl requests list'],
    [['connect'], 'missing required argument', 'hoopctl connect --help'],
    [['connect', 'pg-prod', '--prot', '1'], 'unknown option', 'hoopctl connect --port'],
    [['connect', 'pg-prod', '--port', '0'], '--port takes', '--port 1'],
    [['connect', 'pg-prod', '--port', '5e3'], '--port takes', '--port 1'],
    [['connect', 'pg-prod', '--port', '5', '--socket'], 'exclude each other', 'leave one'],
    [['connect', 'pg-prod', '--ttl', 'soon'], '--ttl takes', '--ttl 30m'],
    [['connect', 'pg-prod', '--ttl', '0s'], '--ttl takes', '--ttl 30m'],
    [['connect', 'pg-prod', 'pg-prod', '--reason', 'x'], 'named twice', 'once'],
    [['connect', 'pg-prod', '--reason', 'x', '--ttl', '31m'], 'allow 30m at most', '--ttl 30m'],
    [['connect', 'pg-prod'], 'only opened with a reason', '--reason'],
    [['connect', 'pg-prod', '--reason', '  '], 'only opened with a reason', '--reason'],
    [['connect', 'pg-masked'], 'is not available for this protocol', 'hoopctl targets show pg-masked'],
    [['connect', 'pg-pord'], 'no target', 'pg-prod'],
    [['sessions'], 'takes a command', 'hoopctl sessions'],
    [['sessions', 'show'], 'missing required argument', 'hoopctl sessions show --help'],
    [['sessions', 'show', '../../etc/passwd'], 'no session', 'sessions list'],
    [['sessions', 'export', 'x', '--format', 'pdf'], 'Allowed choices', 'hoopctl sessions export --help'],
    [['replay', 'x', '--speed', '0'], '--speed takes', '--speed 2'],
    [['replay', 'x', '--text', '--json'], 'exclude each other', 'leave one'],
    [['policy', 'explain', 'SELECT 1'], '--target', 'hoopctl policy explain --help'],
    [['policy', 'explain', ' ', '--target', 'pg-prod'], 'no statement', 'hoopctl policy explain'],
    [['completion'], 'name a shell', 'hoopctl completion bash'],
    [['completion', 'tcsh'], 'name a shell', 'hoopctl completion bash'],
    [['targets', 'list', '--config', ''], '--config is empty', '--config'],
    [['targets', 'list', '--config', 'nowhere.yaml'], 'does not exist', 'path'],
  ])('%s: exit code 2, one `Try:` line', async (args, message, attempt) => {
    const { code, stdout, stderr } = await place.run(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(lastLine(stderr)).toMatch(/^Try: /);
    expect(lastLine(stderr)).toContain(attempt);
    expect(stderr.match(/^Try: /gm)).toHaveLength(1);
  });

  it('without a configuration says where one is looked for', async () => {
    const { code, stderr } = await empty.run('targets', 'list');
    expect(code).toBe(2);
    expect(stderr).toContain('hoopctl.yaml');
    expect(lastLine(stderr)).toMatch(/^Try: /);
  });

  it('names file, line and column of a wrong configuration', async () => {
    writeFileSync(
      join(empty.directory, 'wrong.yaml'),
      'version: 1\ntargets:\n  a: { protocl: postgres }\npolicies: {}\n',
    );
    const { code, stderr } = await empty.run('policy', 'check', 'wrong.yaml');
    expect(code).toBe(2);
    expect(stderr).toMatch(/wrong\.yaml:3:\d+ .*protocl.*protocol/);
  });
});

describe('exit codes', () => {
  it('5: no policy applies to who asks', async () => {
    const { code, stderr } = await place.run('connect', 'pg-others');
    expect(code).toBe(5);
    expect(lastLine(stderr)).toMatch(/^Try: .*applies_to/);
  });

  it('7: the target cannot be reached', async () => {
    const { code, stdout, stderr } = await place.run('targets', 'test', 'pg-prod');
    expect(code).toBe(7);
    expect(stdout).toContain('failed  pg-prod: cannot reach target pg-prod (ECONNREFUSED)');
    expect(lastLine(stderr)).toMatch(/^Try: /);
  });

  it.each([
    ['config.missing', 2],
    ['policy.denied', 5],
    ['postgres.unreachable', 7],
    ['record.verification', 8],
    ['session.expired', 3],
    ['local.child', 127],
    ['record.append', 1],
  ] as const)('%s: %i', (code, exit) => {
    expect(exitCodeOf(new HoopError(code, 'x'))).toBe(exit);
  });
});

describe('the report of an error', () => {
  it('calls anything unforeseen a bug, without its words and its stack', () => {
    const { streams, stderr } = captured();
    expect(report(new TypeError('secret words'), new Terminal(streams, {}), false)).toBe(1);
    expect(stderr()).toContain('bug in hoopctl (TypeError)');
    expect(stderr()).not.toContain('secret words');
    expect(stderr()).not.toContain('failure.test.ts');
    expect(lastLine(stderr())).toBe('Try: HOOPCTL_DEBUG=1 and the same command again');
  });

  it('has nothing in it that a terminal obeys, whoever named what it is about', () => {
    const { streams, stderr } = captured();
    const named = new HoopError('local.approver', 'no \u001b]0;owned\u0007', { hint: 'ask \u202eanna' });
    report(named, new Terminal(streams, {}), false);
    expect(stderr()).toBe('error: no <U+001B>]0;owned<U+0007>\nTry: ask <U+202E>anna\n');
  });

  it('shows stacks and causes to whoever debugs', () => {
    const { streams, stderr } = captured();
    const error = new HoopError('record.append', 'full', { cause: new Error('ENOSPC') });
    expect(report(error, new Terminal(streams, {}), true)).toBe(1);
    expect(stderr()).toContain('failure.test.ts');
    expect(stderr()).toContain('caused by Error: ENOSPC');
  });
});
