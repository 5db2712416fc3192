import { createHash } from 'node:crypto';
import { mismatch, refine, oneOrMore, type Shape } from '../shape.ts';

/** Keys of servers that hoopctl can check. DSA is left out: it can be forged. */
const ALGORITHMS: ReadonlySet<string> = new Set([
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'ssh-rsa',
]);

const EXPECTED = 'a fingerprint "SHA256:…", or a public key "ssh-ed25519 AAAA…"';

/** 32 bytes in base64 without padding, of which the last character carries four bits only. */
const FINGERPRINT = /^SHA256:[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]$/u;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/u;

type Read = { readonly ok: true; readonly fingerprint: string } | { readonly ok: false; readonly reason: string };

/** One key, as its fingerprint, `SHA256:…`. `howToFind`: where people get it from. */
function publicKey(howToFind: string): Shape<string> {
  return {
    expected: EXPECTED,
    schema: {
      type: 'string',
      pattern:
        '^(SHA256:[A-Za-z0-9+/]{43}|(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)) AAAA[A-Za-z0-9+/]+={0,2}( .*)?)$',
    },
    read(node, report, path) {
      if (node.kind !== 'scalar' || typeof node.value !== 'string') return mismatch(node, report, path, EXPECTED);
      if (node.value.trim() === '') return report.add(node.at, `${path} is empty: expected ${EXPECTED}`);
      const read = fingerprintOf(node.value, howToFind);
      return read.ok ? read.fingerprint : report.add(node.at, `${path}: ${read.reason}`);
    },
  };
}

function publicKeys(howToFind: string): Shape<readonly string[]> {
  return refine(oneOrMore(publicKey(howToFind)), (fingerprints) => [...new Set(fingerprints)]);
}

/** The fingerprints of the only keys that a server may show; at least one. */
export const hostKeys = publicKeys('on the server, ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub prints it');

/** The fingerprints of authorities that certify the keys of servers; at least one. */
export const hostAuthorities = publicKeys('ssh-keygen -lf CA.pub prints it, from the public key of the authority');

function fingerprintOf(written: string, howToFind: string): Read {
  if (written.startsWith('SHA256:')) {
    if (FINGERPRINT.test(written)) return { ok: true, fingerprint: written };
    return no(`this fingerprint is not whole: "SHA256:" and 43 characters; ${howToFind}`);
  }
  if (/^(?:MD5:)?(?:[0-9a-fA-F]{2}:){15}[0-9a-fA-F]{2}$/u.test(written)) {
    return no(`an MD5 fingerprint can be forged: write the one that begins with "SHA256:"; ${howToFind}`);
  }
  const [algorithm = '', encoded = ''] = written.split(' ');
  if (ALGORITHMS.has(algorithm)) return wholeKey(algorithm, encoded);
  if (/^(?:ssh|ecdsa|sk)-\S+$/u.test(algorithm)) {
    return no(`keys of this type are not accepted: known are ${[...ALGORITHMS].join(', ')}`);
  }
  // A line of known_hosts has the host, and maybe a marker, in front.
  const named = written.split(' ').find((word) => ALGORITHMS.has(word));
  if (named !== undefined) return no(`write the key alone, from "${named}" on, without what stands before it`);
  return no(`expected ${EXPECTED}; ${howToFind}. A server's key is never left unchecked`);
}

/** RFC 4253, section 6.6: the key begins with its algorithm, which must be the one that is named before it. */
function wholeKey(algorithm: string, encoded: string): Read {
  const blob = BASE64.test(encoded) ? Buffer.from(encoded, 'base64') : Buffer.alloc(0);
  const length = blob.length < 4 ? -1 : blob.readUInt32BE(0);
  if (blob.length <= 4 + length || blob.toString('latin1', 4, 4 + length) !== algorithm) {
    return no(`this public key is not whole: copy the line as it stands in the .pub file`);
  }
  return { ok: true, fingerprint: `SHA256:${createHash('sha256').update(blob).digest('base64').replace(/=+$/u, '')}` };
}

function no(reason: string): Read {
  return { ok: false, reason };
}
