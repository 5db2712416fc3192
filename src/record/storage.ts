import { close, constants, fdatasync, openSync, write, writeSync } from 'node:fs';
import { chmod, lstat, mkdir, open } from 'node:fs/promises';
import { promisify } from 'node:util';

/** A file that a record is written to. Every method may write less than asked, and may fail. */
export interface RecordFile {
  /** Appends; returns how many bytes the kernel took. */
  writeSync(bytes: Buffer): number;
  write(bytes: Buffer): Promise<number>;
  /** Resolves once all that was written would survive the machine's end. */
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** The file system, as far as a record needs it: tests bring one that is full. */
export interface RecordStorage {
  /** Makes a directory (0700) with its parents. */
  directory(path: string): Promise<void>;
  /** Makes a file (0600) that was not there; never follows a symlink. Synchronous: it happens between two writes. */
  create(path: string): RecordFile;
  /** Makes the names in a directory survive the machine's end. */
  syncDirectory(path: string): Promise<void>;
}

const writeAsync = promisify(write);
const closeAsync = promisify(close);
const syncAsync = promisify(fdatasync);

const CREATE_FLAGS =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW | constants.O_APPEND;

/** The real file system. Errors are Node's own, with an errno. */
export const diskStorage: RecordStorage = {
  async directory(path) {
    await mkdir(path, { recursive: true, mode: 0o700 });
    const stat = await lstat(path);
    if (!stat.isDirectory()) throw Object.assign(new Error('not a directory'), { code: 'ENOTDIR' });
    if (process.platform !== 'win32' && (stat.mode & 0o077) !== 0) await chmod(path, 0o700);
  },
  create(path) {
    const fd = openSync(path, CREATE_FLAGS, 0o600);
    return {
      writeSync: (bytes) => writeSync(fd, bytes, 0, bytes.length),
      write: async (bytes) => (await writeAsync(fd, bytes, 0, bytes.length)).bytesWritten,
      sync: () => syncAsync(fd),
      close: () => closeAsync(fd),
    };
  },
  async syncDirectory(path) {
    // Windows has no such thing: its names are durable with the file.
    if (process.platform === 'win32') return;
    const directory = await open(path, constants.O_RDONLY);
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  },
};
