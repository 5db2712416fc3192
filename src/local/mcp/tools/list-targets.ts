import { targetNamed } from '../../../config/load.ts';
import { HoopError } from '../../../core/errors.ts';
import { agree } from '../../guarded-session.ts';
import { answered } from '../answer.ts';
import { onlyKnown } from '../arguments.ts';
import { failureAnswer } from '../outcome.ts';
import { policyWords } from '../policy-words.ts';
import { type Desk, READING, REFUSED_FIELDS, type Tool } from '../tool.ts';

const SHOWN = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    protocol: { type: 'string' },
    available: { type: 'boolean', description: 'false: it cannot be used now, and why stands beside it' },
    policy: { type: 'array', items: { type: 'string' }, description: 'what its policies let you do' },
    message: { type: 'string' },
    hint: { type: 'string' },
  },
  required: ['name', 'protocol', 'available'],
} as const;

export const listTargets: Tool = {
  name: 'list_targets',
  title: 'List targets',
  description:
    'The targets of this server: which can be used with its tools, and what their policies let you do with each. Start here.',
  input: { type: 'object', properties: {}, additionalProperties: false },
  output: { type: 'object', properties: { targets: { type: 'array', items: SHOWN }, ...REFUSED_FIELDS } },
  annotations: READING,
  async call(desk, given) {
    onlyKnown(given, []);
    return answered({ targets: await Promise.all(desk.targets.map((name) => shown(desk, name))) });
  },
};

async function shown({ config, sessions, ttl, reason }: Desk, name: string): Promise<object> {
  const { protocol } = targetNamed(config, name);
  if (protocol === 'ssh') return { name, protocol, available: false, ...COMMANDS };
  try {
    const { around } = await sessions.asking();
    const { policies } = agree({ config, identity: around.standing.identity }, { target: name, ttl, reason });
    return { name, protocol, available: true, policy: policyWords(policies) };
  } catch (error) {
    if (!(error instanceof HoopError)) throw error;
    const { message, hint } = failureAnswer(error).content;
    return { name, protocol, available: false, message, hint };
  }
}

/** Of a machine: there are tools for statements alone. */
const COMMANDS = {
  message: 'this is a machine that is reached by SSH, not a database: these tools run SQL, and no commands',
  hint: 'A person can run you with `hoopctl exec`, where ssh finds it; or leave the target out of this server.',
} as const;
