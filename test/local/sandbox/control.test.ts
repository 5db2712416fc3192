import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Control, openControl } from '../../../src/local/sandbox/control.ts';
import { eventually } from '../../eventually.ts';

let directory: string;
let control: Control;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'hoopctl-control-'));
  control = await openControl(join(directory, 'control'));
});
afterEach(() => {
  control.close();
  rmSync(directory, { recursive: true });
});

async function call(): Promise<Socket> {
  const socket = connect(join(directory, 'control')).on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

describe('what the first program in a sandbox says', () => {
  it('is that the command has begun, and how it ended', async () => {
    const socket = await call();
    expect(control.begun()).toBe(false);
    socket.write('{"begun":true}\n');
    await eventually(() => control.begun());
    socket.write('{"exit":7,"signal":null}\n');
    expect(await control.ending).toEqual({ exit: 7, signal: null });
  });

  it('is nothing when it is no ending', async () => {
    (await call()).write('{"exit":256}\n');
    expect(await control.ending).toBeNull();
  });

  it('is nothing when it has too much to say', async () => {
    const socket = await call();
    socket.write(`"${'x'.repeat(5000)}`);
    expect(await control.ending).toBeNull();
    expect(control.begun()).toBe(false);
  });

  it('ends with a connection that it resets, and hoopctl goes on', async () => {
    const socket = await call();
    // More than it takes in at once: what it has not read makes the end of its connection a reset.
    control.send({ signal: 'x'.repeat(1_000_000) });
    await once(socket, 'readable').then(() => socket.destroy());
    expect(await control.ending).toBeNull();
  });
});
