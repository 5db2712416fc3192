import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keysFor, nameIn } from '../../../src/protocols/ssh/known-hosts.ts';
import { ed25519Key } from '../../../src/protocols/ssh/openssh-key.ts';

const key = (byte: number) => ed25519Key(Buffer.alloc(32, byte), '').publicText;
const [ONE, OTHER] = [key(1), key(2)];
const PLACE = { host: 'Web.internal', port: 22 };
const FAR = { host: 'web.internal', port: 2222 };

function hashed(name: string): string {
  const salt = Buffer.alloc(20, 9);
  return `|1|${salt.toString('base64')}|${createHmac('sha1', salt).update(name).digest('base64')}`;
}

const found = (text: string, place = PLACE): string[] =>
  keysFor(text, place).map(({ kind, type, blob }) => `${kind} ${type} ${blob.toString('base64')}`);

describe('known_hosts', () => {
  it.each([
    ['the name', `web.internal ${ONE}`],
    ['one of several names', `10.0.0.1,web.internal,other ${ONE} a comment`],
    ['a pattern', `*.internal ${ONE}`],
    ['a pattern for one character', `we?.internal ${ONE}`],
    ['a hashed name', `${hashed('web.internal')} ${ONE}`],
    ['tabs, blanks and a carriage return', `\t web.internal\t${ONE}  \r`],
  ])('knows a server by %s', (_what, line) => {
    expect(found(`# a comment\n\n${line}\n`)).toEqual([`trusted ${ONE}`]);
  });

  it.each([
    ['another name', `web.internal.example ${ONE}`],
    ['a name that merely begins so', `web ${ONE}`],
    ['a dot that would mean any character', `webxinternal ${ONE}`],
    ['a pattern that is taken back', `*.internal,!web.* ${ONE}`],
    ['another hashed name', `${hashed('db.internal')} ${ONE}`],
    ['the name with another port', `[web.internal]:2222 ${ONE}`],
    ['a key of another type than it says', `web.internal ssh-rsa ${ONE.split(' ')[1]}`],
    ['a key that is none', 'web.internal ssh-ed25519 AAAA'],
    ['a line that is cut', 'web.internal ssh-ed25519'],
  ])('does not know it by %s', (_what, line) => {
    expect(found(line)).toEqual([]);
  });

  it('takes the port for a part of the name, and no key of another port', () => {
    expect(nameIn(PLACE)).toBe('web.internal');
    expect(nameIn(FAR)).toBe('[web.internal]:2222');
    expect(found(`web.internal ${OTHER}\n[web.internal]:2222 ${ONE}`, FAR)).toEqual([`trusted ${ONE}`]);
  });

  it('keeps what is revoked apart', () => {
    expect(found(`@revoked * ${OTHER}\nweb.internal ${ONE}`)).toEqual([`revoked ${OTHER}`, `trusted ${ONE}`]);
  });

  it('keeps authorities apart, which are the key of no server', () => {
    expect(found(`@cert-authority *.internal ${OTHER}\nweb.internal ${ONE}`)).toEqual([
      `authority ${OTHER}`,
      `trusted ${ONE}`,
    ]);
    expect(found(`@cert-authority *.example ${OTHER}`)).toEqual([]);
  });

  it('takes authorities, and what is revoked, for every port of a host', () => {
    const lines = `@cert-authority *.internal ${ONE}\n@revoked web.internal ${OTHER}\nweb.internal ${OTHER}`;
    expect(found(lines, FAR)).toEqual([`authority ${ONE}`, `revoked ${OTHER}`]);
    expect(found(`@cert-authority [*.internal]:2222 ${ONE}`, FAR)).toEqual([`authority ${ONE}`]);
    expect(found(`@cert-authority [*.internal]:2222 ${ONE}`)).toEqual([]);
    expect(found(`@cert-authority ${hashed('web.internal')} ${ONE}`, FAR)).toEqual([`authority ${ONE}`]);
  });

  it('stops at what it does not understand of this server: it may take something back', () => {
    expect(() => found(`@else web.internal ${ONE}`)).toThrow('the marker @else is not known');
    expect(() => found('web.internal x y\n@revoked web.internal nonsense')).toThrow('line 2');
    expect(() => found(`@constructor web.internal ${ONE}`)).toThrow('the marker @constructor is not known');
  });
});
