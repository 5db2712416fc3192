/** What keeps the sandbox apart, as arguments of bubblewrap. */
export const ISOLATION: readonly string[] = [
  '--unshare-user',
  '--unshare-ipc',
  '--unshare-pid',
  '--unshare-net',
  '--unshare-uts',
  '--unshare-cgroup',
  // What runs inside cannot make namespaces of its own, in which it would have capabilities again.
  '--disable-userns',
  '--cap-drop',
  'ALL',
  '--hostname',
  'sandbox',
  '--die-with-parent',
  '--clearenv',
];
