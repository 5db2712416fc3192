/** A door, as somebody inside sees it. */
export interface DescribedDoor {
  readonly target: string;
  readonly protocol: string;
  /** Empty where there is none. */
  readonly database: string;
  /** `PGHOST`, …: names, no values. */
  readonly variables: readonly string[];
  readonly asks: boolean;
  readonly readOnly: boolean;
  readonly masks: boolean;
}

export interface Described {
  readonly doors: readonly DescribedDoor[];
  /** `host:port`, reached through HTTPS_PROXY. */
  readonly hosts: readonly string[];
  readonly sandboxed: boolean;
  readonly writable: boolean;
}

/** What a program, or the agent that it is, should know of where it runs: Markdown, without any secret. */
export function instructionsFor({ doors, hosts, sandboxed, writable }: Described): string {
  return [
    '# Where you are',
    '',
    'You run inside a guarded session of hoopctl. What you may reach:',
    '',
    ...doors.map(doorLine),
    ...hosts.map((host) => `- **${host}** by HTTPS, through the proxy in \`HTTPS_PROXY\`.`),
    '',
    'Use ordinary clients and drivers; they find the way by these variables. There is no other way, and no other login.',
    '',
    '# When a statement is refused',
    '',
    'An error with SQLSTATE `42501` that speaks of a policy is a decision, not a fault. Nothing was executed.',
    'Stop there: do not send variants of the statement, do not split it up, do not look for a way around. Say what was',
    'refused and why it would be needed, with the words of the error. People decide whether the policy changes.',
    '',
    ...(doors.some(({ asks }) => asks) ? WAITING : []),
    ...(doors.some(({ masks }) => masks) ? MASKED : []),
    ...(sandboxed ? confinement(writable) : []),
    '# What is written down',
    '',
    'Every statement with what was decided of it, and what you print. Do not print secrets.',
    '',
  ].join('\n');
}

function doorLine({ target, protocol, database, variables, readOnly }: DescribedDoor): string {
  const names = variables.map((name) => `\`${name}\``).join(', ');
  const what = database === '' ? '' : `, database ${database}`;
  const how = protocol === 'ssh' ? ` With \`ssh -F "$HOOPCTL_SSH_CONFIG" ${target}\`, and scp and sftp likewise.` : '';
  return `- **${target}**: ${protocol}${what}${readOnly ? ', read-only' : ''}. See ${names}.${how}`;
}

const WAITING = [
  '# When a statement waits',
  '',
  'Some statements are held until a person has answered. The server sends a NOTICE with the id of the request, and the',
  'statement simply takes longer: minutes, perhaps. Wait. Do not cancel it, do not send it again on another connection;',
  'cancelling counts as a no. You cannot answer it yourself.',
  '',
];

const MASKED = [
  '# What you are shown',
  '',
  'Some values are masked. A masked value is not an error in the data: do not try to get at what is behind it.',
  '',
];

function confinement(writable: boolean): readonly string[] {
  return [
    '# What else there is',
    '',
    `You are in a sandbox: no network but the above, no files but the system’s and your working directory (${
      writable ? 'writable, except for what editors, shells, git and agents run by themselves' : 'read-only'
    }). \`/tmp\` and \`$HOME\` are yours and empty afterwards. That something is missing here is meant.`,
    '',
  ];
}
