import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { approve } from '../../src/cli/commands/approve.ts';
import { systemClock } from '../../src/core/clock.ts';
import type { Identity } from '../../src/core/identity.ts';
import type { Provider, TokenSet } from '../../src/core/provider.ts';
import type { AskTerms } from '../../src/core/request.ts';
import { osUser } from '../../src/identity/os-user.ts';
import { openProvider } from '../../src/identity/provider.ts';
import { openInbox, type OpenInbox } from '../../src/local/inbox/open.ts';
import { confirmCode, signIn } from '../identity/provider/pages.ts';
import { RealProvider } from '../identity/provider/real.ts';
import { freshNonce } from '../../src/session/approvals/fresh.ts';
import { policy } from '../policy/examples.ts';
import { ORIGIN } from '../session/asking.ts';
import { askedFor, OWN, type Petition, petition } from '../session/approvals/petition.ts';
import { type Outcome, Place, type Running } from './command-line.ts';
import { called } from './login/scripted.ts';
import { confirming, identityYaml, logInAt } from './login/logged-in.ts';

const TARGET = '{ protocol: postgres, address: "localhost:5432", database: app, user: app, policy: unguarded }';
const NOTHING_ELSE = `version: 1\ntargets: { pg: ${TARGET} }\n`;

let real: RealProvider;
let place: Place;
let inbox: OpenInbox;
/** Who asks. */
let bob: Identity;
const open: Petition[] = [];
/** All tokens that came with answers, and all that was said to whoever gave them. */
const shown: TokenSet[] = [];
const said: string[] = [];

beforeAll(async () => {
  real = await RealProvider.start();
  place = new Place(`${NOTHING_ELSE}${identityYaml(real)}`);
  place.env['XDG_RUNTIME_DIR'] = join(place.directory, 'run');
  for (const login of ['ada', 'bob']) await logInAt(place, real, login);
  bob = { ...osUser(), issuer: real.issuer, subject: 'bob', display: 'Bob', groups: ['engineering'], verified: true };
  inbox = await openInbox({
    state: place.state,
    runtime: join(place.directory, 'run', 'hoopctl'),
    own: osUser(),
    provider: noting(openProvider(real.settings(), { clock: systemClock })),
    clock: systemClock,
    policies: [policy({ default: 'ask' })],
  });
});

afterEach(async () => {
  for (const one of open.splice(0)) one.gone.abort('cancelled');
  while (inbox.register.list().length > 0) await new Promise((resolve) => setImmediate(resolve));
});

afterAll(async () => {
  await inbox[Symbol.asyncDispose]();
  await real.close();
  place.remove();
});

/** Keeps the tokens that it is asked about. */
function noting(provider: Provider): Provider {
  return {
    ...provider,
    settings: provider.settings,
    confirm: (tokens, before, signal) => {
      shown.push(tokens);
      return provider.confirm(tokens, before, signal);
    },
  };
}

/** As another user of the same machine’s control sockets would, with an environment of their own. */
async function elsewhere(
  config: string,
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<Outcome> {
  const other = new Place(config, { XDG_RUNTIME_DIR: join(place.directory, 'run'), ...env });
  try {
    return await run(other, ...args);
  } finally {
    other.remove();
  }
}

async function run(of: Place, ...args: readonly string[]): Promise<Outcome> {
  const outcome = await of.run(...args);
  said.push(outcome.stdout + outcome.stderr);
  return outcome;
}

function held(with_: Partial<AskTerms> = {}): Petition {
  const approvers = { groups: ['dba'], subjects: [], emails: [], count: 1 };
  const terms = [{ ...OWN, approvers, ...with_ }];
  const approver = inbox.register.approver(ORIGIN, async () => true);
  const one = petition(approver, askedFor('delete from app.users', { identity: bob, terms }));
  open.push(one);
  return one;
}

const document = (line: string): Record<string, unknown> => JSON.parse(line) as Record<string, unknown>;

describe('approve, where people log in', () => {
  it('answers as the login that is named, whom nothing is asked', async () => {
    const one = held();
    expect(await run(place, 'approve', one.request.id, '--profile', 'ada')).toEqual({
      code: 0,
      signal: null,
      stdout: '',
      stderr: `Approved ${one.request.id}: it runs now.\n`,
    });
    expect((await one.settled).outcome).toBe('approved');
    expect(one.witness.answers).toMatchObject([{ by: { subject: 'ada', issuer: real.issuer, verified: true } }]);
  });

  it('answers as the login of HOOPCTL_PROFILE, which HOOPCTL_TOKEN does not replace', async () => {
    const one = held();
    const env = { HOOPCTL_STATE_DIR: place.state, HOOPCTL_PROFILE: 'ada', HOOPCTL_TOKEN: 'of a service' };
    expect(await elsewhere(`${NOTHING_ELSE}${identityYaml(real)}`, env, ['approve', one.request.id])).toMatchObject({
      code: 0,
    });
  });

  it('says that several logins could be meant, and does not choose', async () => {
    const one = held();
    const { code, stderr } = await run(place, 'approve', one.request.id);
    expect([code, stderr]).toEqual([
      4,
      expect.stringMatching(/several logins at .*: ada, bob\nTry: the same command with --profile ada\n$/),
    ]);
    expect(one.outcome()).toBeNull();
  });

  it('does not count for whoever asks, nor for who is not among the approvers', async () => {
    const one = held();
    const own = await run(place, 'approve', one.request.id, '--profile', 'bob');
    expect([own.code, own.stderr]).toEqual([5, expect.stringContaining('you asked for it yourself')]);
    const ops = held({ approvers: { groups: ['ops'], subjects: [], emails: [], count: 1 } });
    const other = await run(place, 'approve', ops.request.id, '--profile', 'ada');
    expect([other.code, other.stderr]).toEqual([5, expect.stringContaining('not among those who may approve')]);
    expect([one.outcome(), ops.outcome()]).toEqual([null, null]);
  });

  it('ends with 4 where nobody is logged in, with what to do', async () => {
    const one = held();
    const approving = ['approve', one.request.id];
    const nobody = await elsewhere(`${NOTHING_ELSE}${identityYaml(real)}`, {}, approving);
    expect([nobody.code, nobody.stderr]).toEqual([
      4,
      expect.stringMatching(/nobody is logged in at http.*\nTry: hoopctl login\n$/),
    ]);
    const without = await elsewhere(NOTHING_ELSE, { HOOPCTL_STATE_DIR: place.state }, approving);
    expect([without.code, without.stderr]).toEqual([4, expect.stringContaining('has no identity\nTry: --config')]);
    const unknown = await run(place, 'approve', one.request.id, '--profile', 'cyd');
    expect([unknown.code, unknown.stderr]).toEqual([4, expect.stringContaining('nobody is logged in as "cyd"')]);
    expect(one.outcome()).toBeNull();
  });

  it('is not possible inside a session, whatever login is named (R8)', async () => {
    const one = held();
    const env = { HOOPCTL_STATE_DIR: place.state, HOOPCTL_SESSION: 'x' };
    const args = ['approve', one.request.id, '--profile', 'ada'];
    expect(await elsewhere(`${NOTHING_ELSE}${identityYaml(real)}`, env, args)).toMatchObject({ code: 5 });
    expect(one.outcome()).toBeNull();
  });
});

describe('requests revoke, where people log in', () => {
  it('says in whose name it is done: of the login that is named, or of this user', async () => {
    for (const [args, by] of [
      [['--profile', 'bob'], { subject: 'bob', issuer: real.issuer }],
      [[], { issuer: 'os' }],
    ] as const) {
      const one = held();
      await run(place, 'approve', one.request.id, '--profile', 'ada', '--uses', '3', '--for', '1m');
      expect(await run(place, 'requests', 'revoke', one.request.id, ...args)).toMatchObject({ code: 0 });
      expect(one.witness.revocations).toMatchObject([[{ by }, true]]);
    }
  });

  it('does not take a login for what nobody was granted', async () => {
    const { code, stderr } = await run(place, 'requests', 'revoke', 'bcdfghjk', '--profile', 'bob');
    expect([code, stderr]).toEqual([2, expect.stringContaining('nothing that can be used was granted')]);
  });
});

describe('approve, where the policy wants a fresh login', () => {
  const approving = (one: Petition): Running => place.start('approve', one.request.id, '--profile', 'ada');

  it('logs in for it, and leaves the login that is kept as it is', async () => {
    const kept = (): string => readFileSync(join(place.state, 'profiles', 'ada.json'), 'utf8');
    const before = kept();
    const one = held({ stepUp: true });
    const { code, stdout, stderr } = await confirming(approving(one), real, 'ada');
    said.push(stdout + stderr);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toMatch(
      new RegExp(
        `^Approving ${one.request.id} takes a fresh login, by Ada Lovelace\\.\n! First copy your one-time code: [^]*\nApproved ${one.request.id}: it runs now\\.\n$`,
      ),
    );
    expect((await one.settled).outcome).toBe('approved');
    expect(kept()).toBe(before);
  });

  it('does not count when somebody else logs in than whose login it is', async () => {
    const one = held({ stepUp: true });
    const { code, stderr } = await confirming(approving(one), real, 'bob');
    expect([code, stderr]).toEqual([
      4,
      expect.stringContaining('"ada" is the login of Ada Lovelace, and somebody else has logged in'),
    ]);
    expect([one.outcome(), one.witness.answers]).toEqual([null, []]);
  });

  it('logs in on a page of the browser where somebody sits before one', async () => {
    const one = held({ stepUp: true });
    const command = join(place.directory, 'browser');
    const page = `${command}.page`;
    writeFileSync(command, `#!/bin/sh\nprintf '%s' "$1" > '${page}.new' && mv '${page}.new' '${page}'\n`, {
      mode: 0o755,
    });
    const { invocation, stderr } = called(
      { profile: 'ada' },
      { interactive: true, env: { ...place.env, BROWSER: command } },
    );
    const [cwd, home] = [place.directory, place.directory];
    const approving = approve({ ...invocation, cwd, home, arguments: [one.request.id] });
    await expect.poll(() => existsSync(page)).toBe(true);
    const url = readFileSync(page, 'utf8');
    expect(Object.fromEntries(new URL(url).searchParams)).toMatchObject({
      prompt: 'login',
      max_age: '0',
      nonce: freshNonce(one.request),
      scope: 'openid profile email groups',
    });
    await signIn(url, 'ada');
    expect([await approving, (await one.settled).outcome]).toEqual([0, 'approved']);
    expect(stderr()).toContain('- Log in on the page that opened.');
  });

  it('tells programs the code as an event, before what came of the answer', async () => {
    const one = held({ stepUp: true });
    const running = place.start('approve', one.request.id, '--profile', 'ada', '--json');
    const lines = createInterface({ input: running.child.stdout ?? process.stdin })[Symbol.asyncIterator]();
    const code = document((await lines.next()).value ?? '');
    expect(code).toMatchObject({ version: 1, event: 'code', user_code: expect.any(String) });
    await confirmCode(String(code['verification_uri']), String(code['user_code']), 'ada');
    expect(document((await lines.next()).value ?? '')).toMatchObject({
      version: 1,
      accepted: true,
      outcome: 'approved',
    });
    expect((await running.outcome).code).toBe(0);
  });

  it('needs none to deny', async () => {
    const one = held({ stepUp: true });
    expect(await run(place, 'deny', one.request.id, '--profile', 'ada', '--reason', 'no')).toMatchObject({ code: 0 });
  });

  it('says when the request was settled while somebody logged in', async () => {
    const one = held({ stepUp: true });
    const running = approving(one);
    running.child.stderr?.once('data', () => one.gone.abort('cancelled'));
    const { code, stderr } = await confirming(running, real, 'ada');
    expect([code, stderr]).toEqual([6, expect.stringContaining('is settled: cancelled')]);
  });
});

it('no token that came with an answer is anywhere but where logins are kept', () => {
  const canaries = shown
    .flatMap(({ idToken, accessToken }) => [idToken, accessToken])
    .map((one) => one?.reveal() ?? '');
  expect(canaries.length > 4 && canaries.every((one) => one.length > 20)).toBe(true);
  const files = readdirSync(place.directory, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const kept = join(place.state, 'secrets', 'login');
  const texts = files.filter(({ parentPath }) => parentPath !== kept).map((one) => readFileSync(pathOf(one), 'utf8'));
  expect(files.length - texts.length).toBe(2);
  const inAnyText = (canary: string): boolean => [...texts, ...said].some((one) => one.includes(canary));
  expect(canaries.filter(inAnyText)).toEqual([]);
});

const pathOf = ({ parentPath, name }: { readonly parentPath: string; readonly name: string }): string =>
  join(parentPath, name);
