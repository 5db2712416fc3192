import type { Attempt } from './attempt.ts';

/** What would be run by somebody else, later. The project is writable here. */
const IN_PROJECT = {
  'leave a hook of git': '/.git/hooks/pre-commit',
  'change the configuration of git': '/.git/config',
  'move git’s files elsewhere': '/.git/commondir',
  'leave a server for agents': '/.mcp.json',
  'leave a task of an editor': '/.vscode/tasks.json',
  'leave a hook of an agent': '/.claude/settings.json',
  'leave rules of an agent': '/.cursor/mcp.json',
  'leave a container of an editor': '/.devcontainer/devcontainer.json',
  'leave what direnv runs': '/.envrc',
  'leave what a shell runs': '/.bashrc',
  'leave what a login runs': '/.profile',
  'leave what zsh runs': '/.zshenv',
  'leave a hook by husky': '/.husky/pre-commit',
  'leave a registry of packages': '/.npmrc',
  'leave a hook of Mercurial': '/.hg/hgrc',
  'leave a server for another agent': '/.gemini/settings.json',
  'make the project a repository by itself': '/HEAD',
  'replace the policies': '/hoopctl.yaml',
  'replace policies below': '/conf/deep/policy.yaml',
  'change a program that prints a password': '/tools/password.sh',
} as const;

/** Attempts to leave something behind. */
export const WRITING: readonly Attempt[] = [
  ...Object.entries(IN_PROJECT).map(([title, path]): Attempt => ({ title, code: `writes(w['project'] + '${path}')` })),
  {
    title: 'put another git in its place',
    code: `os.chdir(w['project']); os.rename('.git', 'git-old'); writes(w['project'] + '/.git/hooks/pre-commit')`,
  },
  {
    title: 'put another file in the place of one that is kept',
    code: `
os.chdir(w['project'])
writes(w['project'] + '/new.json') if os.path.exists('new.json') else open('new.json', 'w').close()
os.replace('new.json', '.mcp.json')
worked()`,
  },
  ...['conf/deep', 'conf', 'tools'].map((name): Attempt => ({
    title: `put another directory in the place of ${name}, in which hoopctl has files`,
    code: `os.chdir(w['project']); os.rename('${name}', '${name}-old'); worked()`,
  })),
  { title: 'take away a file that is kept', code: `os.remove(w['project'] + '/.envrc'); worked()` },
  {
    title: 'lead what is kept elsewhere by a link',
    code: `os.symlink('/tmp', w['project'] + '/.idea'); worked()`,
  },
  { title: 'write where shells begin', code: `writes(w['home'] + '/.bashrc')` },
  { title: 'put a program in the way', code: `writes('/usr/local/bin/hoopctl-attack-' + str(os.getpid()))` },
  { title: 'leave something to be run at a time', code: `writes('/etc/cron.d/hoopctl-attack')` },
  { title: 'write a policy for everybody', code: `writes('/etc/ld.so.preload.hoopctl-attack')` },
];

/** The same, where the project is read-only, as it is unless a script says otherwise. */
export const CHANGING: readonly Attempt[] = [
  { title: 'write into the project', code: `writes(w['project'] + '/new-file')` },
  { title: 'change a file of the project', code: `open(w['project'] + '/index.js', 'a').write('x'); worked()` },
  { title: 'take away a file of the project', code: `os.remove(w['project'] + '/index.js'); worked()` },
  { title: 'change a file’s mode', code: `os.chmod(w['project'] + '/script.sh', 0o777); worked()` },
];
