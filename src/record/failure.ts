import { errnoOf, HoopError } from '../core/errors.ts';

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: 'free some disk space or point HOOPCTL_STATE_DIR elsewhere, then open a new session',
  EDQUOT: 'free some of your disk quota or point HOOPCTL_STATE_DIR elsewhere, then open a new session',
  EIO: 'check the disk that holds the state directory, then open a new session',
  EROFS: 'the file system is read-only: point HOOPCTL_STATE_DIR to one that is not',
  EACCES: 'make the state directory writable for this user, or point HOOPCTL_STATE_DIR elsewhere',
  EPERM: 'make the state directory writable for this user, or point HOOPCTL_STATE_DIR elsewhere',
  EMFILE: 'raise the limit of open files (`ulimit -n`), then open a new session',
  EEXIST: 'a record of this session is there already: open a new session',
  ELOOP: 'there is a symlink where the record should be: remove it',
};

/** What a failed write to the record means to whoever needed it. */
export function appendFailure(error: unknown): HoopError {
  if (error instanceof HoopError) return error;
  const errno = errnoOf(error) ?? 'unknown error';
  return new HoopError('record.append', `the record cannot be written (${errno}), so nothing more is let through`, {
    cause: error,
    hint: HINTS[errno] ?? 'open a new session; `hoopctl sessions verify` tells what the record holds',
  });
}
