import { afterAll, beforeAll, expect, it } from 'vitest';
import { type FakeServer, fakeServer } from '../protocols/postgres/fake-server.ts';
import { lastLine, Place } from './command-line.ts';

let silent: FakeServer;
let place: Place;

beforeAll(async () => {
  silent = await fakeServer((peer) => peer.rest());
  place = new Place(
    `version: 1
targets:
  pg: { protocol: postgres, address: "127.0.0.1:${silent.port}", database: app, user: app, tls: disable, policy: unguarded, limits: { connect: 1s } }
`,
  );
});

afterAll(async () => {
  place.remove();
  await silent.close();
});

it.each([
  ['targets test', ['targets', 'test', 'pg']],
  ['policy explain', ['policy', 'explain', 'SELECT 1', '--target', 'pg']],
])('%s waits for a target no longer than its limit says', async (_what, line) => {
  const { code, stdout, stderr } = await place.run(...line);
  expect(code).toBe(7);
  expect(stdout + stderr).toContain('reaching target pg took longer than 1 s');
  expect(lastLine(stderr)).toMatch(/limits\.connect/);
});
