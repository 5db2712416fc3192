import { hkdfSync } from 'node:crypto';
import type { DoorCredential } from '../../core/protocol.ts';
import { ed25519Key, SEED, type SshKey } from './openssh-key.ts';

/** What both sides of a door show each other. Of one session alone. */
export interface DoorKeys {
  /** The client's: whoever can sign with it is let in. */
  readonly client: SshKey;
  /** The door's own, which the client knows beforehand. */
  readonly host: SshKey;
}

/** Both keys follow from the door's secret: there is nothing else to keep or to hand over. */
export function doorKeys({ secret }: DoorCredential): DoorKeys {
  return {
    client: ed25519Key(derived(secret.reveal(), 'hoopctl ssh client key'), 'hoopctl'),
    host: ed25519Key(derived(secret.reveal(), 'hoopctl ssh host key'), 'hoopctl'),
  };
}

function derived(secret: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, SEED));
}
