import { assemble, type CallRule, type Condition, type Verdict } from './assembler.ts';
import { type Syscall, SYSCALLS } from './syscalls.ts';

const EPERM: Verdict = { errno: 1 };
const ENOSYS: Verdict = { errno: 38 };
const EAFNOSUPPORT: Verdict = { errno: 97 };

/** Looks into other processes, or reaches what namespaces do not keep apart. */
const REFUSED: readonly Syscall[] = [
  // Other processes, their memory and their files.
  ...([
    'ptrace',
    'process_vm_readv',
    'process_vm_writev',
    'kcmp',
    'pidfd_getfd',
    'move_pages',
    'migrate_pages',
  ] as const),
  // Keyrings belong to users, not to namespaces.
  ...(['keyctl', 'add_key', 'request_key'] as const),
  // Mounts and namespaces: what is hidden stays hidden.
  ...(['mount', 'umount2', 'pivot_root', 'chroot', 'setns', 'unshare', 'move_mount', 'open_tree'] as const),
  ...(['open_tree_attr', 'fsopen', 'fsconfig', 'fsmount', 'fspick', 'mount_setattr', 'open_by_handle_at'] as const),
  // Large parts of the kernel that programs run against a database have no use for.
  ...(['bpf', 'perf_event_open', 'userfaultfd', 'memfd_secret', 'fanotify_init', 'modify_ldt', 'uselib'] as const),
  ...(['nfsservctl', 'lookup_dcookie', 'quotactl', 'quotactl_fd', 'acct', 'vhangup', 'syslog'] as const),
  // The machine itself.
  ...(['kexec_load', 'kexec_file_load', 'init_module', 'finit_module', 'delete_module', 'reboot'] as const),
  ...(['swapon', 'swapoff', 'iopl', 'ioperm', 'sethostname', 'setdomainname'] as const),
  ...(['settimeofday', 'clock_settime', 'clock_adjtime', 'adjtimex'] as const),
];

/**
 * Programs fall back to what can be judged: the flags of `clone3` lie in memory, and what is asked through an io_uring is
 * not seen at all.
 */
const ABSENT: readonly Syscall[] = ['clone3', 'io_uring_setup', 'io_uring_enter', 'io_uring_register'];

/** CLONE_NEWNS, NEWCGROUP, NEWUTS, NEWIPC, NEWUSER, NEWPID and NEWNET. */
const NEW_NAMESPACES = 0x7e02_0000;
/** Put characters into a terminal as if they had been typed, or load what speaks through one into the kernel. */
const [TIOCSTI, TIOCLINUX, TIOCSETD] = [0x5412, 0x541c, 0x5423];
/** Says which signal comes when the parent ends. */
const PR_SET_PDEATHSIG = 1;
const SIGKILL = 9;

const [AF_UNIX, AF_INET, AF_INET6, AF_NETLINK] = [1, 2, 10, 16];
/** Whatever fits the kind of socket, TCP, UDP. */
const INTERNET_PROTOCOLS = [0, 6, 17];
/** How a program asks for the addresses of the machine it believes to be on. */
const NETLINK_ROUTE = 0;

interface Architecture {
  /** Where its numbers stand. */
  readonly column: 0 | 1;
  readonly audit: number;
  readonly foreign: number | null;
}

const ARCHITECTURES: Readonly<Record<string, Architecture>> = {
  // From 0x40000000 on numbers are those of x32.
  x64: { column: 0, audit: 0xc000_003e, foreign: 0x4000_0000 },
  arm64: { column: 1, audit: 0xc000_00b7, foreign: null },
};

/** The filter for programs in the sandbox; null for an architecture that it is not written for. */
export function sandboxFilter(name: string = process.arch): Buffer | null {
  const architecture = ARCHITECTURES[name];
  if (architecture === undefined) return null;
  const rules = (call: Syscall, verdict: Verdict, when: readonly Condition[] = []): readonly CallRule[] => {
    const number = SYSCALLS[call][architecture.column];
    return number === null ? [] : [{ call: number, when, verdict }];
  };
  return assemble({
    architecture: architecture.audit,
    foreign: architecture.foreign,
    rules: [
      ...REFUSED.flatMap((call) => rules(call, EPERM)),
      ...ABSENT.flatMap((call) => rules(call, ENOSYS)),
      ...rules('clone', EPERM, [{ argument: 0, bits: NEW_NAMESPACES }]),
      ...[TIOCSTI, TIOCLINUX, TIOCSETD].flatMap((equals) => rules('ioctl', EPERM, [{ argument: 1, equals }])),
      // What holds the sandbox ends with whoever started it: none that has changed its memory keeps it from that.
      ...rules('prctl', 'allow', [
        { argument: 0, equals: PR_SET_PDEATHSIG },
        { argument: 1, equals: SIGKILL },
      ]),
      ...rules('prctl', EPERM, [{ argument: 0, equals: PR_SET_PDEATHSIG }]),
      ...socketKinds().flatMap((kind) => rules('socket', 'allow', kind)),
      ...rules('socket', EAFNOSUPPORT),
    ],
  });
}

function socketKinds(): readonly (readonly Condition[])[] {
  const family = (equals: number): Condition => ({ argument: 0, equals });
  const protocol = (equals: number): Condition => ({ argument: 2, equals });
  return [
    [family(AF_UNIX)],
    ...[AF_INET, AF_INET6].flatMap((one) => INTERNET_PROTOCOLS.map((other) => [family(one), protocol(other)])),
    [family(AF_NETLINK), protocol(NETLINK_ROUTE)],
  ];
}
