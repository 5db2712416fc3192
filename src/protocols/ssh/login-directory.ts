import type { SFTPWrapper } from 'ssh2';
import type { Upstream } from './upstream.ts';

/** Milliseconds that a server may take to say it: after that a command is judged without. */
const PATIENCE = 5000;

/**
 * Asks the target where programs start, by SFTP's REALPATH of `.`: once, and not before somebody wants to know. Null
 * where it has no SFTP, or does not say.
 */
export function loginDirectory(upstream: Promise<Upstream>): () => Promise<string | null> {
  let asked: Promise<string | null> | null = null;
  return () => (asked ??= Promise.race([ask(upstream), late()]));
}

async function ask(upstream: Promise<Upstream>): Promise<string | null> {
  try {
    const { client } = await upstream;
    const sftp = await new Promise<SFTPWrapper>((resolve, reject) => {
      client.sftp((error, opened) => (error === undefined ? resolve(opened) : reject(error)));
    });
    sftp.on('error', () => undefined);
    const path = await new Promise<string>((resolve, reject) => {
      sftp.once('close', () => reject(new Error('the server has closed it')));
      sftp.realpath('.', (error, found) => (error === undefined ? resolve(found) : reject(error)));
    });
    sftp.end();
    return path.startsWith('/') ? path : null;
  } catch {
    // What cannot be known of a command is judged as such.
    return null;
  }
}

function late(): Promise<null> {
  return new Promise((resolve) => setTimeout(() => resolve(null), PATIENCE).unref());
}
