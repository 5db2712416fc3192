import { type Call, touch } from '../call.ts';
import type { Unclear } from '../program.ts';
import { textOf } from '../word.ts';

/** Options of its commands that show something, or say in which form, by whether they take a value. Its manual: openssl-x509(1) and others. */
const SHOWING: Readonly<Record<string, { readonly alone: string; readonly valued: string }>> = {
  x509: {
    alone:
      'noout text dates startdate enddate subject issuer serial fingerprint email modulus pubkey purpose hash sha1 sha256 sha512 md5',
    valued: 'in inform ext checkend nameopt',
  },
  version: { alone: 'a b d f o p v', valued: '' },
  rand: { alone: 'hex base64', valued: '' },
  dgst: { alone: 'sha1 sha224 sha256 sha384 sha512 md5 hex r c', valued: '' },
};

/** openssl shows certificates, hashes and random numbers; unclear in anything else, such as what it writes, signs or loads. */
export function openssl(call: Call): Unclear {
  const [command, ...words] = call.words;
  const name = textOf(command) ?? '';
  const known = Object.hasOwn(SHOWING, name) ? SHOWING[name] : undefined;
  if (known === undefined) return 'runs';
  const [alone, valued] = [known.alone.split(' '), known.valued.split(' ')];
  for (let at = 0; at < words.length; at++) {
    const word = words[at];
    const text = textOf(word);
    if (word === undefined || text === null) return 'runs';
    if (!text.startsWith('-')) {
      if (name === 'dgst') touch(call, 'read', word);
      else if (name !== 'rand' || !/^\d+$/u.test(text)) return 'runs';
    } else if (valued.includes(text.slice(1))) {
      const value = words[++at];
      // What has a colon may be found by something that is loaded.
      if (value === undefined || textOf(value)?.includes(':') !== false) return 'runs';
      if (text === '-in') touch(call, 'read', value);
    } else if (!alone.includes(text.slice(1))) return 'runs';
  }
  return false;
}
