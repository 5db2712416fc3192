import { HoopError } from '../core/errors.ts';

/**
 * The promise's outcome, unless it takes longer than `milliseconds`.
 * @throws HoopError `wire.deadline`, after calling `expire` (which should stop the work behind the promise)
 */
export async function within<T>(
  promise: Promise<T>,
  milliseconds: number,
  what: string,
  expire: () => void,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      expire();
      reject(new HoopError('wire.deadline', `${what} took longer than ${milliseconds / 1000} s`));
    }, milliseconds);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
