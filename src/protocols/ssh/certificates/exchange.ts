import type { Client } from 'ssh2';
import { CERTIFIED, HOST_CERTIFICATES, HOST_KEYS, keyTypeOf } from '../algorithms.ts';
import { sshString } from '../strings.ts';
import { certificateOf } from './certificate.ts';

/*
 * Host certificates in the exchange of keys (PROTOCOL.certkeys): the server shows its certificate in place of its key, and
 * signs with the key in it, as with that key alone. ssh2 knows no certificates: its exchange is told by other names what
 * it is about, first the type of what is shown, then how it is signed. Where ssh2 does not heed one of them, the exchange
 * fails. Whether the certificate is to be believed, `hostVerifier` says.
 */

type ParseKey = (data: Buffer, type: string) => unknown;

/** Of ssh2, before it is loaded: what reads the keys of servers, and which algorithms may be named at all. */
export interface Insides {
  readonly parser: { parseDERKey: ParseKey };
  readonly constants: { readonly SUPPORTED_SERVER_HOST_KEY: string[] };
}

/** Has ssh2 find the key in a certificate with which a server has signed. */
export function teachCertificates({ parser, constants }: Insides): void {
  const own = parser.parseDERKey;
  parser.parseDERKey = (data, type) => {
    if (!type.endsWith(CERTIFIED)) return own(data, type);
    const certificate = certificateOf(Buffer.concat([sshString(type), data]));
    if (certificate === null) return new Error('not a certificate');
    const { key, keyType } = certificate;
    return own(key.subarray(sshString(keyType).length), keyType);
  };
  constants.SUPPORTED_SERVER_HOST_KEY.push(...HOST_CERTIFICATES);
}

interface Exchange {
  readonly negotiated: { serverHostKey: string };
  finish(isLate?: boolean): unknown;
}

/** Has each exchange of keys of this connection take certificates. To be called when it has begun. */
export function takeCertificates(client: Client): void {
  const { _protocol: wire } = client as unknown as { readonly _protocol: { _kex: Exchange | undefined } };
  let current = wire._kex;
  Object.defineProperty(wire, '_kex', {
    get: () => current,
    set: (exchange: Exchange | undefined) => {
      if (exchange !== undefined) adapt(exchange);
      current = exchange;
    },
  });
}

function adapt(exchange: Exchange): void {
  const { negotiated } = exchange;
  const signing = HOST_KEYS.find((algorithm) => negotiated.serverHostKey === `${algorithm}${CERTIFIED}`);
  if (signing === undefined) return;
  negotiated.serverHostKey = `${keyTypeOf(signing)}${CERTIFIED}`;
  const finish = exchange.finish.bind(exchange);
  exchange.finish = (isLate) => {
    negotiated.serverHostKey = signing;
    return finish(isLate);
  };
}
