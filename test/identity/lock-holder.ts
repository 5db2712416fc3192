import { lockFile } from '../../src/identity/file-lock.ts';

// Takes the lock that it is told of, says so, and holds it until it is killed.
const lock = await lockFile(process.argv[2] ?? '', 0);
process.stdout.write(lock === null ? 'busy\n' : 'held\n');
process.stdin.resume();
