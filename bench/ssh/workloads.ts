import { join } from 'node:path';
import type { Command } from './commands.ts';
import type { SshContender } from './contender.ts';

/** Copies the file `data` of a directory, or nothing, from the server or to it. */
export interface SshWorkload {
  readonly name: string;
  readonly title: string;
  /** Whether the file passes, or nothing does and time alone counts. */
  readonly isCopy: boolean;
  command(contender: SshContender, directory: string): Command;
}

const HOST = 'bench';
export const DATA = 'data';

const base = ({ config }: SshContender): readonly string[] => ['-F', config];
const data = (directory: string): string => join(directory, DATA);

export const SSH_WORKLOADS: readonly SshWorkload[] = [
  {
    name: 'download',
    title: '`ssh HOST cat FILE > /dev/null`',
    isCopy: true,
    command: (to, files) => ({ program: 'ssh', args: [...base(to), HOST, `cat ${data(files)}`], input: null }),
  },
  {
    name: 'upload',
    title: '`ssh HOST "cat > /dev/null" < FILE`',
    isCopy: true,
    command: (to, files) => ({ program: 'ssh', args: [...base(to), HOST, 'cat > /dev/null'], input: data(files) }),
  },
  {
    name: 'scp-download',
    title: '`scp -O HOST:FILE /dev/null`',
    isCopy: true,
    command: (to, files) => scp(to, '-O', `${HOST}:${data(files)}`, '/dev/null'),
  },
  {
    name: 'scp-upload',
    title: '`scp -O FILE HOST:/dev/null`',
    isCopy: true,
    command: (to, files) => scp(to, '-O', data(files), `${HOST}:/dev/null`),
  },
  {
    name: 'sftp-download',
    title: '`scp -s HOST:FILE /dev/null` (SFTP)',
    isCopy: true,
    command: (to, files) => scp(to, '-s', `${HOST}:${data(files)}`, '/dev/null'),
  },
  {
    name: 'sftp-upload',
    title: '`scp -s FILE HOST:/dev/null` (SFTP)',
    isCopy: true,
    command: (to, files) => scp(to, '-s', data(files), `${HOST}:/dev/null`),
  },
  {
    name: 'login',
    title: '`ssh HOST true`, a connection each',
    isCopy: false,
    command: (to) => ({ program: 'ssh', args: [...base(to), HOST, 'true'], input: null }),
  },
];

function scp(to: SshContender, protocol: '-O' | '-s', from: string, into: string): Command {
  return { program: 'scp', args: [...base(to), '-q', protocol, from, into], input: null };
}
