import { type Config, policiesOf } from '../../config/load.ts';
import { HoopError } from '../../core/errors.ts';
import { approversLabel } from '../../core/request.ts';
import { protocolNamed } from '../../local/protocol.ts';
import { ruleName } from '../../policy/cases.ts';
import { policyHash } from '../../policy/hash.ts';
import { idleClauses } from '../../policy/idle.ts';
import { policySupport } from '../../policy/requirements.ts';
import type { Run } from '../command.ts';
import { readConfig } from '../configuration.ts';

/** Validates, and then says what would stop a session all the same. */
export const check: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const [file] = invocation.arguments;
  const config = await readConfig(file === undefined ? invocation : { ...invocation, config: file });
  const unsupported = [...config.targets.values()].flatMap((target) =>
    policySupport(policiesOf(config, target), protocolNamed(target.protocol).enforces).map(({ message }) => ({
      target: target.name,
      message,
    })),
  );
  const idle = idleOf(config);
  const unanswerable = unanswerableOf(config);
  if (options.flag('json')) {
    const policies = [...config.policies.values()].map((policy) => ({ name: policy.name, hash: policyHash([policy]) }));
    terminal.json({
      version: 1,
      file: config.path,
      targets: [...config.targets.keys()],
      policies,
      unsupported,
      idle,
      unanswerable,
    });
  }
  if (unsupported.length > 0) {
    const lines = unsupported.map(({ target, message }) => `target ${target} would not be opened: ${message}`);
    throw new HoopError('policy.unsupported', lines.join('\n'), { hint: 'take these rules out, or another policy' });
  }
  if (!options.flag('json')) {
    for (const { policy, rule, about } of idle) {
      terminal.warn(`${rule} is about ${about}, and no target of policy ${policy} is: it never decides anything`);
    }
    for (const { rule, approvers } of unanswerable) {
      terminal.warn(
        `${rule} asks ${approvers}, and nobody logs in without \`identity\`: what it holds is never approved`,
      );
    }
    const [targets, policies] = [config.targets.size, config.policies.size];
    const counts = `${targets} ${targets === 1 ? 'target' : 'targets'} and ${policies} ${policies === 1 ? 'policy' : 'policies'}`;
    terminal.line(`${config.path}: ${counts} ${targets + policies === 1 ? 'is' : 'are'} valid`);
  }
  return 0;
};

interface UnanswerableRule {
  readonly policy: string;
  readonly rule: string;
  readonly approvers: string;
}

/** Rules that ask for others than whoever opened the session, where nobody is known to be somebody else. */
function unanswerableOf({ identity, policies }: Config): readonly UnanswerableRule[] {
  if (identity !== null) return [];
  return [...policies.values()].flatMap(({ name, ask }) =>
    ask.flatMap(({ approvers, breakGlass }, index) =>
      approvers === 'self' || breakGlass === 'self'
        ? []
        : [
            {
              policy: name,
              rule: ruleName({ policy: name, clause: 'ask', index }),
              approvers: approversLabel(approvers),
            },
          ],
    ),
  );
}

interface IdleRule {
  readonly policy: string;
  readonly rule: string;
  readonly about: string;
}

/** What policies say of protocols that none of their targets speaks. Policies without a target are not in use. */
function idleOf(config: Config): readonly IdleRule[] {
  return [...config.policies.values()].flatMap((policy) => {
    const guarded = [...config.targets.values()].filter((target) => policiesOf(config, target).includes(policy));
    const protocols = new Set(guarded.map(({ protocol }) => protocol));
    if (protocols.size === 0) return [];
    return idleClauses(policy, protocols).map(({ clause, index, about }) => ({
      policy: policy.name,
      rule: ruleName({ policy: policy.name, clause, index }),
      about,
    }));
  });
}
