import { spawn } from '@lydell/node-pty';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Server, startServer } from '../postgres/server.ts';
import { Stage } from '../tui/stage.ts';
import { builtProgram } from './built.ts';
import { Place } from './command-line.ts';

let main: string;

let server: Server;
let place: Place;

beforeAll(async () => {
  server = await startServer({ authentication: 'trust' });
  place = new Place(`version: 1
targets:
  pg: { protocol: postgres, address: "127.0.0.1:${server.port}", database: postgres, user: ${server.user}, tls: disable, policy: unguarded }
`);
  main = builtProgram();
});

afterAll(async () => {
  place.remove();
  await server.stop();
});

/** Runs the program on a terminal, and draws what it sends. */
function open(...args: readonly string[]) {
  const env = { ...place.env, TERM: 'xterm-256color' };
  const child = spawn(process.execPath, [main, ...args], { cols: 100, rows: 24, cwd: place.directory, env });
  const stage = new Stage(100, 24);
  child.onData((data) => stage.draw(data));
  const ended = new Promise<number>((resolve) => child.onExit(({ exitCode }) => resolve(exitCode)));
  return { child, stage, ended };
}

async function verdicts(): Promise<string> {
  const { outcome } = place.start('sessions', 'verify');
  return (await outcome).stdout;
}

describe('connect on a terminal', () => {
  it('shows the live view without the secret, and closes the door after a yes', async () => {
    const { child, stage, ended } = open('connect', 'pg', '--reason', 'to look');
    // A frame comes in pieces: what stands lower may not be there yet.
    const shown = ['pg is open at 127.0.0.1', 'because: to look', 'export PGPASSWORD=••••••••'];
    await stage.until((text) => shown.every((part) => text.includes(part)));
    expect(stage.alternate).toBe(true);
    child.write('q');
    await stage.until((text) => text.includes('Close the door?'));
    child.write('y');
    expect(await ended).toBe(0);
    await stage.until((text) => text.includes('On record: hoopctl replay '));
    expect(stage.alternate).toBe(false);
    expect(stage.deeds).toEqual([]);
  });

  it('ends with Ctrl-C as ever: exit code 130', async () => {
    const { child, stage, ended } = open('connect', 'pg');
    await stage.until((text) => text.includes('pg is open at'));
    child.write('\u0003');
    expect(await ended).toBe(130);
    await stage.until((text) => text.includes('On record: hoopctl replay '));
  });

  it('prints text where that is asked for', async () => {
    const { child, stage, ended } = open('connect', 'pg', '--plain');
    await stage.until((text) => text.includes('Ctrl-C closes it.'));
    expect(stage.alternate).toBe(false);
    child.write('\u0003');
    expect(await ended).toBe(130);
  });

  it('seals its record when the terminal is gone', async () => {
    const { child, stage, ended } = open('connect', 'pg');
    await stage.until((text) => text.includes('pg is open at'));
    // As a window that is closed does: SIGHUP comes, and nothing can be written any more.
    if (!('destroy' in child) || typeof child.destroy !== 'function') throw new Error('its terminal cannot be closed');
    child.destroy();
    await ended;
    expect(await verdicts()).not.toContain('incomplete');
  });
});

describe('approve on a terminal', () => {
  it('opens the inbox when no request is named, and leaves it with q', async () => {
    const { child, stage, ended } = open('approve');
    await stage.until((text) => text.includes('Nothing waits for an answer.'));
    child.write('q');
    expect(await ended).toBe(0);
  });
});
