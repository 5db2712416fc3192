/** One step of building the file system that a sandboxed program sees. Later ones lie over earlier ones. */
export type Mount =
  /** A file, directory or socket of the machine, as it is, and unchangeable unless `writable`. */
  | { readonly kind: 'bind'; readonly source: string; readonly at: string; readonly writable?: true }
  /** An empty place in memory. `size`: bytes. */
  | { readonly kind: 'memory'; readonly at: string; readonly size: number }
  | { readonly kind: 'link'; readonly to: string; readonly at: string }
  | { readonly kind: 'processes' | 'devices'; readonly at: string };

/** The mount as arguments of bubblewrap. */
export function mountArguments(mount: Mount): readonly string[] {
  switch (mount.kind) {
    case 'bind':
      return [mount.writable === true ? '--bind' : '--ro-bind', mount.source, mount.at];
    case 'memory':
      return ['--perms', '0700', '--size', String(mount.size), '--tmpfs', mount.at];
    case 'link':
      return ['--symlink', mount.to, mount.at];
    case 'processes':
      return ['--proc', mount.at];
    case 'devices':
      return ['--dev', mount.at];
  }
}
