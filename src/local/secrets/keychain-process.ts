import { text } from 'node:stream/consumers';
import { Entry } from '@napi-rs/keyring';
import type { KeychainQuestion, KeychainReply, Unreachable } from './keychain.ts';

// A process of its own, for one question: the native call blocks its thread for as long as a keychain waits to be
// unlocked, and a process can be ended at any time where a thread cannot.

/** How libdbus says that there is no bus, nobody at its address, or nobody on it who keeps secrets. */
const NOBODY = /autolaunch|Failed to connect to socket|was not provided by any \.service/;
const CLOSED = /locked|dismissed|Couldn't access platform storage/;

function openEntry({ service, account }: KeychainQuestion): Entry {
  // Without this it would fall back to the kernel's keyring, whose entries are gone when the user logs out.
  return new Entry(service, account, { linux: { store: 'secret-service' } });
}

function answer(entry: Entry, question: KeychainQuestion): KeychainReply {
  switch (question.does) {
    case 'read': {
      const value = entry.getPassword();
      return { ok: true, found: value !== null, value };
    }
    case 'write':
      entry.setPassword(question.value);
      // Kept is what can be read again.
      if (entry.getPassword() !== question.value) return { ok: false, why: 'failing', detail: 'it reads differently' };
      return { ok: true, found: true, value: null };
    case 'remove':
      return { ok: true, found: entry.deleteCredential(), value: null };
  }
}

function failure(error: unknown, why: (message: string) => Unreachable): KeychainReply {
  const detail = error instanceof Error ? error.message : 'unknown failure';
  return { ok: false, why: why(detail), detail };
}

function reply(question: KeychainQuestion): KeychainReply {
  let entry: Entry;
  try {
    entry = openEntry(question);
  } catch (error) {
    return failure(error, (message) => (NOBODY.test(message) ? 'absent' : 'failing'));
  }
  try {
    return answer(entry, question);
  } catch (error) {
    return failure(error, (message) => (CLOSED.test(message) ? 'locked' : 'failing'));
  }
}

const question = JSON.parse(await text(process.stdin)) as KeychainQuestion;
process.stdout.write(JSON.stringify(reply(question)));
