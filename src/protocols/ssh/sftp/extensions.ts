/** What clients may use besides version 3 (OpenSSH's PROTOCOL, section 4). Everything else is answered `unsupported`. */
export const EXTENSIONS = [
  'posix-rename@openssh.com',
  'hardlink@openssh.com',
  'fsync@openssh.com',
  'statvfs@openssh.com',
  'fstatvfs@openssh.com',
  'lsetstat@openssh.com',
  'limits@openssh.com',
  'expand-path@openssh.com',
  'copy-data',
  'home-directory',
  'users-groups-by-id@openssh.com',
] as const;

export type Extension = (typeof EXTENSIONS)[number];

export function extensionOf(name: string): Extension | null {
  return EXTENSIONS.find((known) => known === name) ?? null;
}
