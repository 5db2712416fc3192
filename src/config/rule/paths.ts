import { posix } from 'node:path';

/** What is wrong with a path on a target's machine, and what to write instead; null when it is absolute and in normal form. */
export function pathFault(path: string): string | null {
  if (path.startsWith('~')) return `begins with "~": write the home directory out, such as "/home/deploy"`;
  if (!path.startsWith('/'))
    return `is not absolute: write "/${path.replace(/^(?:\.{1,2}\/)+/u, '')}", or where it lies`;
  const normal = normalised(path);
  return normal === path ? null : `is not in normal form: write ${JSON.stringify(normal)}`;
}

/** Without `.`, `..`, doubled slashes, and a slash at its end. */
function normalised(path: string): string {
  const normal = posix.normalize(path).replace(/^\/+/u, '/');
  return normal.length > 1 && normal.endsWith('/') ? normal.slice(0, -1) : normal;
}
