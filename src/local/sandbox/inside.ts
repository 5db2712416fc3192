import { sep } from 'node:path';

/** Whether a path is a directory itself or lies below it. Both absolute, without `.` and `..`. */
export function isWithin(path: string, directory: string): boolean {
  return path === directory || path.startsWith(directory.endsWith(sep) ? directory : directory + sep);
}
