import type { Attempt } from './attempt.ts';

const SOCKETS = {
  'reach Docker': '/docker.sock',
  'reach Podman': '/podman/podman.sock',
  'reach an agent of SSH': '/ssh-agent',
  'reach an agent of GnuPG': '/gnupg/S.gpg-agent',
  'reach the session bus': '/bus',
  'reach a screen': '/wayland-0',
  'reach the socket on which requests are answered': '/hoopctl/inbox/0123456789.sock',
  'reach the door of another session': '/hoopctl/aaaaaaaa/.s.PGSQL.5432',
} as const;

/** Sockets, and whatever listens. */
export const REACHING: readonly Attempt[] = [
  ...Object.entries(SOCKETS).map(([title, path]): Attempt => ({ title, code: `reaches(w['runtime'] + '${path}')` })),
  {
    title: 'speak into a pipe in the project',
    // Both ends, so that opening it does not wait.
    code: `stat.S_ISFIFO(os.stat(w['project'] + '/orders').st_mode) and os.write(os.open(w['project'] + '/orders', os.O_RDWR), b'x') and worked()`,
  },
  { title: 'reach a socket in the project', code: `os.chdir(w['project']); reaches('daemon.sock')` },
  {
    title: 'find the agent of SSH in its environment',
    code: `reaches(os.environ.get('SSH_AUTH_SOCK', '/nowhere'))`,
  },
  {
    title: 'find a container’s socket in its environment',
    code: `reaches(os.environ.get('DOCKER_HOST', 'unix:///nowhere').removeprefix('unix://'))`,
  },
  { title: 'find credentials in its environment', code: `w['canary'] in str(os.environ) and worked()` },
  { title: 'reach an abstract socket', code: `reaches('\\0' + w['abstract'])` },
  {
    title: 'reach a port on loopback',
    code: `
one = socket.create_connection(('127.0.0.1', w['tcp']), timeout=2)
w['canary'].encode() in one.recv(1000) and worked()`,
  },
  {
    title: 'reach a port on loopback by any of its addresses',
    code: `
one = socket.create_connection(('127.0.0.9', w['tcp']), timeout=2)
w['canary'].encode() in one.recv(1000) and worked()`,
    uncontrolled: 'the listener is on one address',
  },
  {
    title: 'reach a port by UDP',
    code: `
one = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
one.settimeout(2)
one.sendto(b'hello', ('127.0.0.1', w['udp']))
w['canary'].encode() in one.recv(1000) and worked()`,
  },
  {
    title: 'reach the network',
    code: `socket.create_connection(('192.0.2.1', 443), timeout=2); worked()`,
    uncontrolled: 'nobody listens there',
  },
  {
    title: 'reach the service that tells clouds’ credentials',
    code: `socket.create_connection(('169.254.169.254', 80), timeout=2); worked()`,
    uncontrolled: 'nobody listens there outside of a cloud',
  },
  {
    title: 'send anything to the network',
    code: `socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 53)); worked()`,
  },
  {
    title: 'see an address that is not loopback’s',
    code: `
with open('/proc/net/fib_trie') as file:
    [one for one in file.read().split() if one.count('.') == 3 and not one.startswith(('127.', '0.'))] and worked()`,
  },
  {
    title: 'ask the names of hosts',
    code: `socket.getaddrinfo('example.com', 443); worked()`,
    uncontrolled: 'the machine may have no resolver',
  },
  { title: 'make raw packets', code: `socket.socket(socket.AF_INET, socket.SOCK_RAW, 1); worked()` },
  { title: 'make raw frames', code: `socket.socket(17, socket.SOCK_RAW, 3); worked()` },
  {
    title: 'ask by ping',
    code: `socket.socket(socket.AF_INET, socket.SOCK_DGRAM, 1); worked()`,
    uncontrolled: 'few may',
  },
  { title: 'hear the kernel’s events', code: `socket.socket(16, socket.SOCK_RAW, 15); worked()` },
  {
    title: 'reach the kernel’s audit',
    code: `socket.socket(16, socket.SOCK_RAW, 9); worked()`,
    uncontrolled: 'not every kernel has it',
  },
  {
    title: 'reach the machine’s host',
    code: `socket.socket(40, socket.SOCK_STREAM, 0); worked()`,
    uncontrolled: 'not every kernel has it',
  },
  {
    title: 'reach the kernel’s ciphers',
    code: `socket.socket(38, socket.SOCK_SEQPACKET, 0); worked()`,
    uncontrolled: 'not every kernel has it',
  },
  {
    title: 'tell the first program what to do',
    code: `
one = socket.socket(socket.AF_UNIX)
one.settimeout(2)
one.connect('/run/hoopctl/control')
one.sendall(b'{"exit":0}\\n')
one.recv(1) and worked()`,
    uncontrolled: 'it is only inside',
  },
  {
    title: 'have its door speak to others',
    code: `
one = socket.create_connection(('127.0.0.1', w['door']), timeout=2)
one.sendall(f"CONNECT 127.0.0.1:{w['tcp']} HTTP/1.1\\r\\n\\r\\n".encode())
w['canary'].encode() in one.recv(1000) and worked()`,
    uncontrolled: 'it is only inside',
  },
];
