import { Secret } from '../../../src/core/secret.ts';
import { ScramServer, scramVerifier } from '../../../src/protocols/postgres/scram.ts';
import type { Peer } from './fake-server.ts';
import { PASSWORD, tls } from './login.ts';
import { server as say, text } from './messages.ts';

/** SCRAM up to the client's proof; gives the server's final message. */
export async function scram(peer: Peer): Promise<string> {
  const server = new ScramServer(await scramVerifier(new Secret(PASSWORD)));
  peer.send(say.authentication(10, text('SCRAM-SHA-256'), Buffer.from([0])));
  const initial = (await peer.next()).toString('utf8');
  peer.send(say.authentication(11, Buffer.from(server.first(initial.slice(initial.indexOf('n,,'))) ?? '')));
  return server.final((await peer.next()).toString('utf8', 5)) ?? 'e=invalid-proof';
}

/** Begins a SCRAM exchange with this for a challenge, made of the client's own nonce. */
export async function challenge(peer: Peer, words: (nonce: string) => string): Promise<void> {
  peer.send(say.authentication(10, text('SCRAM-SHA-256'), Buffer.from([0])));
  const [, nonce = ''] = /r=(.*)$/.exec((await peer.next()).toString('utf8')) ?? [];
  peer.send(say.authentication(11, Buffer.from(words(nonce))));
}

export const final = (words: string): Buffer => say.authentication(12, Buffer.from(words));

/** How far an honest server gets in a login, and how the target asks for it. */
export interface LoginStep {
  readonly after: string;
  readonly tls?: ReturnType<typeof tls>;
  readonly play: (peer: Peer) => Promise<void>;
}

const startup = async (peer: Peer): Promise<void> => void (await peer.startup());
const proof = async (peer: Peer): Promise<void> => {
  await startup(peer);
  peer.send(final(await scram(peer)));
};

/** Every step of a login at which a server can stop. */
export const LOGIN_STEPS: readonly LoginStep[] = [
  { after: 'nothing', play: async () => undefined },
  { after: 'a request for TLS', tls: tls('require'), play: startup },
  {
    after: 'its yes to TLS',
    tls: tls('require'),
    play: async (peer) => (await startup(peer), peer.send(Buffer.from('S'))),
  },
  { after: 'the start-up packet', play: startup },
  {
    after: 'half a message',
    play: async (peer) => (await startup(peer), peer.send(say.authentication(0).subarray(0, 6))),
  },
  {
    after: 'its offer of SCRAM',
    play: async (peer) => {
      await startup(peer);
      peer.send(say.authentication(10, text('SCRAM-SHA-256'), Buffer.from([0])));
      await peer.next();
    },
  },
  { after: 'the client’s proof', play: async (peer) => (await startup(peer), void (await scram(peer))) },
  { after: 'its own proof', play: proof },
  { after: 'AuthenticationOk', play: async (peer) => (await proof(peer), peer.send(say.authentication(0))) },
  {
    after: 'its settings and key',
    play: async (peer) => {
      await proof(peer);
      peer.send(say.authentication(0), say.status('server_version', '18.0'), say.keyData(7, Buffer.from('abcd')));
    },
  },
];
