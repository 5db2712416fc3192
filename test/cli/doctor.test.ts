import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RealProvider } from '../identity/provider/real.ts';
import { lastLine, Place } from './command-line.ts';

let real: RealProvider;
let place: Place;

beforeAll(async () => {
  real = await RealProvider.start();
});
afterAll(() => real.close());
afterEach(() => place.remove());

function configured(issuer: string, more = ''): Place {
  place = new Place(`version: 1
identity: { issuer: "${issuer}", client_id: hoopctl${more} }
targets:
  pg: { protocol: postgres, address: "127.0.0.1:1", database: a, user: a, tls: disable, policy: unguarded }
`);
  return place;
}

describe('what doctor says of who vouches for people', () => {
  it('is how they can log in there', async () => {
    const { stdout } = await configured(real.issuer).run('doctor');
    const site = new URL(real.issuer).host;
    expect(stdout).toMatch(
      new RegExp(`^ok +identity: ${site} answers: people log in with a code or on a page in the browser$`, 'm'),
    );
  });

  it('leaves out codes where they are turned off', async () => {
    const { stdout } = await configured(real.issuer, ', device_flow: deny').run('doctor');
    expect(stdout).toMatch(/^ok +identity: .* answers: people log in on a page in the browser$/m);
  });

  it('is an error where it calls itself by another name', async () => {
    const { code, stdout, stderr } = await configured(`${real.issuer}/`).run('doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^failed +identity: the identity provider calls itself by another name/m);
    expect(lastLine(stderr)).toBe('Try: identity.issuer in hoopctl.yaml without the slash at its end');
  });

  it('is an error where it cannot be asked, for services as well', async () => {
    const service = ', services: { ci: { issuer: "http://127.0.0.1:1", audience: hoopctl, subject: ci } }';
    const { code, stdout } = await configured(real.issuer, service).run('doctor');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ok +identity: /m);
    expect(stdout).toMatch(/^failed +services: the identity provider 127\.0\.0\.1:1 cannot be asked/m);
  });

  it('is nothing when nobody is to be asked', async () => {
    const { stdout } = await configured(real.issuer).run('doctor', '--offline');
    expect(stdout).not.toMatch(/ identity: /);
  });
});
