import type { Client, SFTPWrapper } from 'ssh2';
import type { Guard, Hold } from '../../../core/guard.ts';
import { pathStatement } from '../statements.ts';
import type { Candidate } from './completion.ts';

/** Names that are read of one directory. */
const MOST = 5000;

/** Lists directories for completion: each is decided, and on record, before a name of it is shown. */
export class Listing {
  readonly #client: Client;
  readonly #guard: Guard;
  readonly #connection: number;
  #sftp: Promise<SFTPWrapper> | null = null;

  constructor(client: Client, guard: Guard, connection: number) {
    this.#client = client;
    this.#guard = guard;
    this.#connection = connection;
  }

  /** What is in a directory; nothing where it may not be listed, or cannot. `path`: absolute. Never rejects. */
  async list(path: string): Promise<readonly Candidate[]> {
    try {
      const sftp = await (this.#sftp ??= opened(this.#client));
      // Where links lead: that is what is listed.
      const real = await answer<string>((done) => sftp.realpath(path, done));
      const cleared = await this.#cleared(real === path ? [path] : [path, real]);
      if (cleared === null) return [];
      const names = await namesIn(sftp, real);
      const [connection, statement] = [this.#connection, cleared];
      const tag = `list ${names.length}`;
      await this.#guard.note({ type: 'complete', connection, statement, tag, rows: 0, bytes: 0 });
      return names;
    } catch {
      // Nothing is shown, then.
      this.#sftp = null;
      return [];
    }
  }

  close(): void {
    void this.#sftp?.then((sftp) => sftp.end()).catch(() => undefined);
  }

  /** The record's number of it; null when it was refused. Nobody is asked for the sake of a completion. */
  async #cleared(paths: readonly string[]): Promise<number | null> {
    const clearance = await this.#guard.clear(pathStatement('list', paths), UNASKED);
    if (clearance.outcome === 'refused') return null;
    await this.#guard.release([clearance.bytes]);
    return clearance.number;
  }
}

const UNASKED: Hold = {
  ready: () => true,
  inTransaction: false,
  held: () => AbortSignal.abort('cancelled'),
  sever: () => undefined,
};

type Done<T> = (error: Error | undefined, value: T) => void;

function answer<T>(ask: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    ask((error, value) => {
      if (error === undefined) resolve(value);
      else reject(error);
    });
  });
}

function opened(client: Client): Promise<SFTPWrapper> {
  return answer((done) => client.sftp(done));
}

type Entries = readonly { readonly filename: string; readonly attrs: { isDirectory(): boolean } }[];

async function namesIn(sftp: SFTPWrapper, path: string): Promise<readonly Candidate[]> {
  const handle = await answer<Buffer>((done) => sftp.opendir(path, done));
  const names: Candidate[] = [];
  try {
    while (names.length < MOST) {
      const entries = await batch(sftp, handle);
      if (entries === null) break;
      names.push(...entries.map(({ filename, attrs }) => ({ name: filename, isDirectory: attrs.isDirectory() })));
    }
  } finally {
    sftp.close(handle, () => undefined);
  }
  return names.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** Null at the end of it. */
function batch(sftp: SFTPWrapper, handle: Buffer): Promise<Entries | null> {
  return new Promise((resolve, reject) => {
    // A handle is taken as well as a path: one answer of the server's at a time.
    sftp.readdir(handle as unknown as string, (error: (Error & { readonly code?: number }) | undefined, entries) => {
      if (error === undefined || error === null) resolve(entries);
      else if (error.code === END_OF_FILE) resolve(null);
      else reject(error);
    });
  });
}

/** SSH_FX_EOF. */
const END_OF_FILE = 1;
