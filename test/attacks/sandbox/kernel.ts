import type { Attempt } from './attempt.ts';

const ABSENT = 'not every kernel has it';

/** System calls, devices, and what the kernel shows of itself. */
export const KERNEL: readonly Attempt[] = [
  { title: 'make a user namespace', code: `call(272, 0x10000000); worked()` },
  { title: 'make a mount namespace', code: `call(272, 0x00020000); worked()` },
  { title: 'make a network namespace', code: `call(272, 0x40000000); worked()` },
  {
    title: 'make a namespace with a process',
    code: `
pid = call(56, 0x10000000 | 17, 0, 0, 0, 0)
pid or os._exit(0)
worked()`,
  },
  {
    title: 'make a process in a way that cannot be judged',
    code: `
arguments = (ctypes.c_uint64 * 8)(0x10000000, 0, 0, 0, 17, 0, 0, 0)
pid = call(435, arguments, 64)
pid or os._exit(0)
worked()`,
  },
  {
    title: 'enter the namespaces of a process outside',
    code: `call(308, os.open(f"/proc/{w['pid']}/ns/net", os.O_RDONLY), 0); worked()`,
  },
  {
    title: 'enter its own namespaces again',
    code: `call(308, os.open('/proc/self/ns/uts', os.O_RDONLY), 0); worked()`,
  },
  { title: 'mount', code: `call(165, b'none', b'/mnt', b'tmpfs', 0, 0); worked()` },
  {
    title: 'mount its directory anew, writable',
    code: `call(165, b'none', w['project'].encode(), b'none', 32 | 4096, 0); worked()`,
    uncontrolled: 'it is no mount outside',
  },
  {
    title: 'uncover what is hidden',
    code: `call(166, (w['project'] + '/.env').encode(), 2); worked()`,
    uncontrolled: 'nothing is hidden outside',
  },
  { title: 'mount by files', code: `call(430, b'tmpfs', 0); worked()` },
  { title: 'copy a mount', code: `call(428, -100, b'/', 1); worked()` },
  { title: 'change its root', code: `os.chroot('/usr'); worked()` },
  { title: 'swap its root', code: `call(155, b'/usr', b'/usr/lib'); worked()`, uncontrolled: 'these are no mounts' },
  { title: 'load programs into the kernel', code: `call(321, 0, (ctypes.c_uint32 * 18)(2, 4, 4, 1), 72); worked()` },
  {
    title: 'measure the machine',
    code: `call(298, (ctypes.c_uint64 * 16)(112 << 32 | 1, 0), 0, -1, -1, 0); worked()`,
  },
  { title: 'handle faults of memory', code: `call(323, 1); worked()` },
  {
    title: 'ask by rings',
    code: `call(425, 4, (ctypes.c_uint8 * 120)()); worked()`,
    uncontrolled: ABSENT,
  },
  { title: 'list keys', code: `call(250, 0, -3, 1); worked()`, uncontrolled: ABSENT },
  { title: 'add a key', code: `call(248, b'user', b'one', b'x', 1, -2); worked()`, uncontrolled: ABSENT },
  { title: 'ask for a key', code: `call(249, b'user', b'one', 0, -2); worked()`, uncontrolled: 'it is not there' },
  { title: 'load modules', code: `call(175, b'', 0, b''); worked()`, uncontrolled: 'an empty one does not load' },
  { title: 'start another kernel', code: `call(246, 0, 0, 0, 0); worked()`, uncontrolled: ABSENT },
  {
    title: 'open files by number',
    code: `call(304, -100, (ctypes.c_uint8 * 128)(8), 0); worked()`,
    uncontrolled: 'the number is none',
  },
  { title: 'rename the machine', code: `call(170, b'mine', 4); worked()` },
  {
    title: 'set the clock',
    code: `call(305, 0, (ctypes.c_uint64 * 26)(0)); worked()`,
  },
  {
    title: 'type into a terminal',
    code: `
pid, terminal = pty.fork()
if pid == 0:
    try:
        fcntl.ioctl(0, termios.TIOCSTI, b'x')
        os._exit(0)
    except OSError:
        os._exit(3)
os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0 and worked()`,
  },
  {
    title: 'type into a terminal by a number with more bits',
    code: `
pid, terminal = pty.fork()
if pid == 0:
    try:
        call(16, 0, 0x100000000 | termios.TIOCSTI, b'x')
        os._exit(0)
    except OSError:
        os._exit(3)
os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0 and worked()`,
  },
  {
    title: 'have the kernel speak otherwise through a terminal',
    code: `
controller, terminal = pty.openpty()
fcntl.ioctl(terminal, 0x5423, (ctypes.c_int * 1)(0))
worked()`,
  },
  { title: 'outlive whoever started it', code: `call(157, 1, 0, 0, 0, 0); worked()` },
  {
    title: 'find a process without the filter, whose memory it could change',
    code: `
for one in glob.glob('/proc/[0-9]*/status'):
    with open(one) as file:
        [line for line in file if line.startswith('Seccomp:') and line.split()[1] != '2'] and worked()`,
  },
  {
    title: 'call the kernel as i386 programs do',
    code: `
memory = mmap.mmap(-1, 4096, prot=7)
memory.write(bytes.fromhex('b814000000cd80c3'))
ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(memory)))() > 0 and worked()`,
    uncontrolled: ABSENT,
    // A kernel without them takes the instruction for a violation of memory.
    absent: -11,
  },
  { title: 'call the kernel as x32 programs do', code: `call(0x40000000 | 39); worked()`, uncontrolled: ABSENT },
  {
    title: 'say what runs when a program crashes',
    code: `os.open('/proc/sys/kernel/core_pattern', os.O_WRONLY); worked()`,
  },
  { title: 'change settings of the kernel', code: `os.open('/proc/sys/vm/overcommit_memory', os.O_WRONLY); worked()` },
  {
    title: 'move interrupts',
    code: `[os.open(one, os.O_WRONLY) for one in glob.glob('/proc/irq/*/smp_affinity')][0:1] and worked()`,
  },
  {
    title: 'see which pages of memory are whose',
    code: `os.open('/proc/kpageflags', os.O_RDONLY); read('/proc/kpageflags') and worked()`,
  },
  {
    title: 'restart the machine by a key',
    code: `os.open('/proc/sysrq-trigger', os.O_WRONLY); worked()`,
    uncontrolled: ABSENT,
  },
  { title: 'see the devices of the machine', code: `os.listdir('/sys'); worked()` },
  { title: 'move itself to another group', code: `os.listdir('/sys/fs/cgroup'); worked()` },
  {
    title: 'have a program run when a group empties',
    code: `call(165, b'cgroup', b'/tmp', b'cgroup', 0, b'none,name=mine'); worked()`,
    uncontrolled: ABSENT,
  },
  {
    title: 'open disks',
    code: `
[os.open(one, os.O_RDONLY) for one in glob.glob('/dev/vd?') + glob.glob('/dev/sd?') + glob.glob('/dev/nvme*n1')][0:1] and worked()`,
    uncontrolled: 'the machine may have none',
  },
  { title: 'keep files among the devices', code: `writes('/dev/' + w['canary'])` },
  {
    title: 'make a device',
    code: `
os.chdir('/tmp')
os.mknod('disk' + str(os.getpid()), stat.S_IFBLK | 0o600, os.makedev(253, 0))
os.remove('disk' + str(os.getpid()))
worked()`,
  },
  { title: 'open the memory of the machine', code: `os.open('/dev/mem', os.O_RDONLY); worked()`, uncontrolled: ABSENT },
  {
    title: 'become root',
    code: `
os.setresuid(0, 0, 0)
worked()`,
  },
  {
    title: 'hold capabilities',
    code: `
with open('/proc/self/status') as file:
    [one for one in file if one.startswith(('CapEff', 'CapPrm', 'CapBnd')) and int(one.split()[1], 16)] and worked()`,
  },
  {
    title: 'gain rights by a program’s owner',
    code: `
with open('/proc/self/status') as file:
    [one for one in file if one.startswith('NoNewPrivs') and one.split()[1] == '0'] and worked()`,
  },
];
