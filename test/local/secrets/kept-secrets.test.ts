import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import { Secret } from '../../../src/core/secret.ts';
import { SecretFiles } from '../../../src/local/secrets/files.ts';
import { KeptSecrets } from '../../../src/local/secrets/kept-secrets.ts';
import type { Keychain, KeychainReply, Unreachable } from '../../../src/local/secrets/keychain.ts';

class Crash extends Error {}

/** A keychain in memory that can be out of reach, and during whose `crashAt`th change the process may end. */
class Memory implements Keychain {
  readonly held = new Map<string, string>();
  why: Unreachable | null = null;
  takes: (value: string) => boolean = () => true;
  crashAt: { readonly change: number; readonly done: boolean } | null = null;
  #changes = 0;

  read(account: string): Promise<KeychainReply> {
    const value = this.held.get(account) ?? null;
    return this.#reply({ ok: true, found: value !== null, value });
  }

  write(account: string, value: string): Promise<KeychainReply> {
    return this.#change({ ok: true, found: true, value: null }, () => {
      if (this.takes(value)) this.held.set(account, value);
      else return { ok: false, why: 'failing', detail: 'too long' };
      return null;
    });
  }

  remove(account: string): Promise<KeychainReply> {
    return this.#change({ ok: true, found: this.held.has(account), value: null }, () => {
      this.held.delete(account);
      return null;
    });
  }

  async #change(reply: KeychainReply, act: () => KeychainReply | null): Promise<KeychainReply> {
    const crash = this.crashAt?.change === this.#changes++ ? this.crashAt : null;
    if (crash?.done === false) throw new Crash();
    const refused = this.why === null ? act() : null;
    if (crash !== null) throw new Crash();
    return refused ?? this.#reply(reply);
  }

  #reply(reply: KeychainReply): Promise<KeychainReply> {
    return Promise.resolve(this.why === null ? reply : { ok: false, why: this.why, detail: 'out of reach' });
  }
}

let state: string;
let memory: Memory;
let secrets: KeptSecrets;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'hoopctl-kept-'));
  memory = new Memory();
  secrets = open();
});
afterEach(() => rmSync(state, { recursive: true }));

function open(): KeptSecrets {
  const files = new SecretFiles({ state, kind: 'target', key: () => Promise.resolve(null) });
  return new KeptSecrets(files, memory, (name) => name);
}

const set = (value: string): Promise<string> => secrets.set('pg', new Secret(value));
const get = async (): Promise<string | null> => (await secrets.get('pg'))?.reveal() ?? null;
const inFiles = (): string[] => {
  const all = readdirSync(state, { recursive: true, withFileTypes: true });
  return all.filter((entry) => entry.isFile()).map(({ name }) => name);
};

async function refusal(act: Promise<unknown>): Promise<string> {
  const error: unknown = await act.catch((reason: unknown) => reason);
  if (!(error instanceof HoopError)) throw new Error('it was done');
  return `${error.code}: ${error.message}`;
}

describe('a secret that moves', () => {
  it.each<Unreachable>(['absent', 'locked', 'unanswered', 'failing'])(
    'is in a file while the keychain is %s, and what the keychain has is not taken for it later',
    async (why) => {
      expect(await set('old')).toBe('keychain');
      memory.why = why;
      expect(await set('new')).toBe('file');
      expect(await get()).toBe('new');
      memory.why = null;
      expect(await get()).toBe('new');
      expect(await secrets.where('pg')).toBe('file');
      expect(await set('newer')).toBe('keychain');
      expect(await get()).toBe('newer');
      expect(inFiles()).toEqual([]);
    },
  );

  it('goes to a file when the keychain does not take it, and the old one leaves the keychain', async () => {
    await set('old');
    memory.takes = (value) => value.length < 10;
    expect(await set('longer than that')).toBe('file');
    expect(memory.held.size).toBe(0);
    expect(await set('and longer yet')).toBe('file');
    expect(await get()).toBe('and longer yet');
    expect(inFiles()).toEqual(['pg']);
    expect(await set('short')).toBe('keychain');
    expect(inFiles()).toEqual([]);
  });

  it.each([
    [0, false],
    [0, true],
    [1, false],
    [1, true],
  ])('is there, old or new, when the process ends in change %i of the keychain (made: %s)', async (change, done) => {
    memory.held.set('pg', 'ancient');
    memory.why = 'locked';
    await set('old');
    memory.why = null;
    memory.crashAt = { change: change + 1, done };
    await expect(set('new')).rejects.toThrow(Crash);
    const written = change === 1 && done;
    expect(await get()).toBe(written ? 'new' : 'old');
    expect(await secrets.where('pg')).toBe(written ? 'keychain' : 'file');
    memory.crashAt = null;
    secrets = open();
    expect(await set('newest')).toBe('keychain');
    expect(await get()).toBe('newest');
    expect(inFiles()).toEqual([]);
  });

  it('is there when the keychain stops working on the way, and is removed from wherever it got to', async () => {
    memory.why = 'locked';
    await set('old');
    memory.why = null;
    memory.takes = () => false;
    expect(await set('new')).toBe('file');
    expect(await get()).toBe('new');
    expect(await secrets.remove('pg')).toBe(true);
    expect(await get()).toBeNull();
    expect(inFiles()).toEqual([]);
  });
});

describe('removing a secret', () => {
  it('removes it from the keychain and from files, and says whether there was one', async () => {
    memory.why = 'locked';
    await set('new');
    memory.why = null;
    memory.held.set('pg', 'old');
    expect(await secrets.remove('pg')).toBe(true);
    expect([memory.held.size, inFiles()]).toEqual([0, []]);
    expect(await secrets.remove('pg')).toBe(false);
  });

  it('fails when a locked keychain has it, and does not pretend', async () => {
    await set('x');
    memory.why = 'locked';
    expect(await refusal(secrets.remove('pg'))).toBe(
      'local.secrets: the secret of pg cannot be removed: the system keychain is locked, and was not unlocked',
    );
    expect(memory.held.size).toBe(1);
  });

  it('works where the keychain is broken for good, and the secret was in a file', async () => {
    memory.why = 'failing';
    await set('x');
    expect(await secrets.remove('pg')).toBe(true);
    expect(await refusal(secrets.remove('pg'))).toContain('the system keychain fails');
  });
});

describe('reading a secret', () => {
  it.each<[Exclude<Unreachable, 'absent'>, string]>([
    ['locked', 'is locked, and was not unlocked'],
    ['unanswered', 'did not answer: it may be waiting to be unlocked'],
    ['failing', 'fails'],
  ])('is an error while a keychain that may have it is %s', async (why, words) => {
    memory.why = why;
    expect(await refusal(secrets.get('pg'))).toBe(
      `local.secrets: the secret of pg cannot be read: the system keychain ${words}`,
    );
    expect(await refusal(secrets.where('pg'))).toContain(words);
  });

  it('is none where there is no keychain and no file', async () => {
    memory.why = 'absent';
    expect(await secrets.get('pg')).toBeNull();
    expect(await secrets.where('pg')).toBeNull();
  });
});

it('refuses nothing at all, and more than 64 KiB', async () => {
  expect(await refusal(set(''))).toContain('is empty');
  expect(await refusal(set('ü'.repeat(32 * 1024 + 1)))).toContain('is larger than 64 KiB');
  expect(await set('ü'.repeat(32 * 1024))).toBe('keychain');
});
