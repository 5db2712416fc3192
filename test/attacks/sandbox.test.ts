import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Attempt } from './sandbox/attempt.ts';
import { ORDINARY } from '../ordinary-program.ts';
import { KERNEL } from './sandbox/kernel.ts';
import { REACHING } from './sandbox/reaching.ts';
import { READING } from './sandbox/reading.ts';
import { attemptInside, attemptOutside, type Results } from './sandbox/trial.ts';
import { filesBelow, type Owner, Stage } from './sandbox/world.ts';
import { CHANGING, WRITING } from './sandbox/writing.ts';

const root = process.getuid?.() === 0;
const SELF: Owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
/** Root can be an ordinary user, too; an ordinary user can only be itself. */
const OWNERS: readonly (readonly [string, Owner])[] = root
  ? [
      ['root', SELF],
      ['an ordinary user', ORDINARY],
    ]
  : [['an ordinary user', SELF]];

const WORKED = 0;
/** Refused, or killed by the filter of system calls. */
const REFUSED = [3, -31];

describe.each(OWNERS)('a hostile program in the sandbox of %s (R48–R50)', (_, owner) => {
  let stage: Stage;
  let reading: Results;
  let writing: Results;
  let left: readonly string[];
  beforeAll(async () => {
    stage = await Stage.open(owner);
    const { world } = stage;
    const ways = [{ port: world.door, socket: stage.door }];
    reading = await attemptInside(stage, owner, [...READING, ...REACHING, ...KERNEL, ...CHANGING], { ways });
    const before = filesBelow(stage.base);
    writing = await attemptInside(stage, owner, WRITING, { mode: 'read-write' });
    left = filesBelow(stage.base).filter((path) => !before.includes(path) && !path.includes('/request-'));
  }, 120_000);
  afterAll(() => stage.close());

  const refused = (attempts: readonly Attempt[], results: () => Results): void => {
    it.each(attempts.map(({ title, absent }) => [title, absent] as const))('cannot %s', (title, absent) => {
      const [code, words] = results()[title] ?? [WORKED, 'was not tried'];
      expect([...REFUSED, ...(absent === undefined ? [] : [absent])], words).toContain(code);
    });
  };
  describe('reading', () => {
    refused(READING, () => reading);
  });
  describe('reaching', () => {
    refused(REACHING, () => reading);
  });
  describe('the kernel', () => {
    refused(KERNEL, () => reading);
  });
  describe('changing', () => {
    refused(CHANGING, () => reading);
  });
  describe('writing', () => {
    refused(WRITING, () => writing);
  });

  it('leaves nothing in the project but what it may write', () => {
    expect(left).toEqual([`${stage.world.project}/new.json`]);
  });
});

describe.runIf(root)('the same program outside', () => {
  let stage: Stage;
  let results: Results;
  const controlled = [...READING, ...REACHING, ...KERNEL, ...CHANGING, ...WRITING].filter(
    ({ uncontrolled }) => uncontrolled === undefined,
  );
  beforeAll(async () => {
    stage = await Stage.open(SELF);
    results = await attemptOutside(stage, controlled);
  }, 120_000);
  afterAll(() => stage.close());

  it.each(controlled.map(({ title }) => [title]))('can %s', (title) => {
    expect(results[title]).toEqual([WORKED, expect.any(String)]);
  });
});
