import type { Attempt } from './attempt.ts';

const SECRETS = {
  'read a private key of SSH': '/.ssh/id_ed25519',
  'read credentials of AWS': '/.aws/credentials',
  'read a configuration of Kubernetes': '/.kube/config',
  'read a keyring': '/.local/share/keyrings/login.keyring',
  'read a private key of GnuPG': '/.gnupg/private-keys-v1.d/key',
  'read passwords of libpq': '/.pgpass',
  'read passwords of curl and git': '/.netrc',
  'read credentials of Docker': '/.docker/config.json',
  'read the history of a shell': '/.bash_history',
} as const;

/** Files, and what other processes hold. */
export const READING: readonly Attempt[] = [
  ...Object.entries(SECRETS).map(([title, path]): Attempt => ({ title, code: `leaks(w['home'] + '${path}')` })),
  { title: 'list the home directory', code: `'.ssh' in os.listdir(w['home']) and worked()` },
  { title: 'read the key that approvals are signed with', code: `leaks(w['state'] + '/keys/approver')` },
  { title: 'read records of sessions', code: `leaks(w['state'] + '/sessions/one')` },
  { title: 'read the passwords of the system', code: `read('/etc/shadow'); worked()` },
  { title: 'read private keys of the system', code: `os.listdir('/etc/ssl/private'); worked()` },
  { title: 'read an .env file of the project', code: `leaks(w['project'] + '/.env')` },
  { title: 'read an .env file below', code: `leaks(w['project'] + '/packages/one/.env.production')` },
  { title: 'read an .env file by a link to it', code: `leaks(w['project'] + '/environment-link')` },
  { title: 'read an .env file beside git’s names', code: `leaks(w['project'] + '/objects/.env')` },
  { title: 'follow a link that looks like packages', code: `leaks(w['project'] + '/node_modules/.ssh/id_ed25519')` },
  { title: 'read a policy file below', code: `leaks(w['project'] + '/conf/deep/policy.yaml')` },
  { title: 'read the policy file', code: `leaks(w['project'] + '/hoopctl.yaml')` },
  { title: 'read a file that a target’s password is in', code: `leaks(w['project'] + '/password.txt')` },
  { title: 'follow a link out of the project', code: `leaks(w['project'] + '/way-out')` },
  { title: 'follow a directory’s link out of the project', code: `leaks(w['project'] + '/home-link/.ssh/id_ed25519')` },
  { title: 'climb out of the project', code: `os.chdir(w['project']); leaks('../../.ssh/id_ed25519')` },
  { title: 'read another project', code: `leaks(w['other'] + '/notes')` },
  { title: 'read /tmp of others', code: `leaks('/tmp/' + w['canary'])` },
  { title: 'read shared memory files of others', code: `leaks('/dev/shm/' + w['canary'])` },
  {
    title: 'read a shared memory segment',
    code: `call(30, w['shared'], 0, 0o10000); worked()`,
  },
  { title: 'read the environment of a process outside', code: `leaks(f"/proc/{w['pid']}/environ")` },
  { title: 'read the command line of a process outside', code: `leaks(f"/proc/{w['pid']}/cmdline")` },
  {
    title: 'find processes outside',
    code: `
for path in glob.glob('/proc/[0-9]*/cmdline'):
    w['canary'].encode() in read(path) and worked()`,
  },
  { title: 'enter the files of a process outside', code: `leaks(f"/proc/{w['pid']}/root{w['home']}/.ssh/id_ed25519")` },
  { title: 'enter the directory of a process outside', code: `leaks(f"/proc/{w['pid']}/cwd/notes")` },
  {
    title: 'enter the files of the first process',
    code: `leaks(f"/proc/1/root{w['home']}/.ssh/id_ed25519")`,
    uncontrolled: 'it may be guarded outside, too',
  },
  { title: 'read the memory of a process outside', code: `open(f"/proc/{w['pid']}/mem", 'rb'); worked()` },
  { title: 'signal a process outside', code: `os.kill(w['pid'], 0); leaks(f"/proc/{w['pid']}/cmdline")` },
  {
    title: 'trace a process outside',
    code: `
call(101, 16, w['pid'], 0, 0)
os.waitpid(w['pid'], 0x40000000)
call(101, 17, w['pid'], 0, 0)
worked()`,
  },
  { title: 'be traced', code: `call(101, 0, 0, 0, 0); worked()` },
  {
    title: 'read another process’s memory',
    code: `
source, target = ctypes.create_string_buffer(b'secret'), ctypes.create_string_buffer(6)
pair = lambda one: (ctypes.c_size_t * 2)(ctypes.addressof(one), 6)
call(310, os.getpid(), pair(target), 1, pair(source), 1, 0)
worked()`,
  },
  {
    title: 'write another process’s memory',
    code: `
source, target = ctypes.create_string_buffer(b'secret'), ctypes.create_string_buffer(6)
pair = lambda one: (ctypes.c_size_t * 2)(ctypes.addressof(one), 6)
call(311, os.getpid(), pair(source), 1, pair(target), 1, 0)
worked()`,
  },
  { title: 'take files from another process', code: `call(438, os.pidfd_open(os.getpid()), 2, 0); worked()` },
  { title: 'compare what processes hold', code: `call(312, os.getpid(), os.getpid(), 0, 0, 1); worked()` },
  {
    title: 'read the kernel’s memory',
    code: `open('/proc/kcore', 'rb').read(1) and worked()`,
    uncontrolled: 'not every kernel has it',
  },
  { title: 'read the kernel’s log', code: `call(103, 3, ctypes.create_string_buffer(100), 100); worked()` },
  {
    title: 'read the names of keys',
    code: `read('/proc/keys').strip() and worked()`,
    uncontrolled: 'there may be none',
  },
];
