import type { Programs } from '../program.ts';
import { git, GIT_OPTIONS, receivePack, uploadArchive, uploadPack } from './git.ts';
import { RSYNC_OPTIONS, rsync } from './rsync.ts';

/** Programs that copy files between machines, and what runs at the other end of such copies. */
export const TRANSFERS: Programs = {
  rsync: { options: RSYNC_OPTIONS, runs: 'rsync-path: rsh: config: copy-as:', also: rsync, risky: true },
  git: { options: '', own: true, leading: GIT_OPTIONS, also: git },
  'git-upload-pack': { options: 'strict no-strict timeout: stateless-rpc advertise-refs', also: uploadPack },
  'git-receive-pack': { options: '', own: true, also: receivePack },
  'git-upload-archive': { options: '', own: true, also: uploadArchive },
  sftp: {
    options: '-46AaCfNpqrv B: c: i: l: P: R: X:',
    runs: 'D: S: o: F: J: b:',
    also: () => true,
  },
};
