import { policiesOf } from '../../config/load.ts';
import { HoopError } from '../../core/errors.ts';
import { protocolNamed } from '../../local/protocol.ts';
import { policyHash } from '../../policy/hash.ts';
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
  if (options.flag('json')) {
    const policies = [...config.policies.values()].map((policy) => ({ name: policy.name, hash: policyHash([policy]) }));
    terminal.json({ version: 1, file: config.path, targets: [...config.targets.keys()], policies, unsupported });
  }
  if (unsupported.length > 0) {
    const lines = unsupported.map(({ target, message }) => `target ${target} would not be opened: ${message}`);
    throw new HoopError('policy.unsupported', lines.join('\n'), { hint: 'take these rules out, or another policy' });
  }
  if (!options.flag('json')) {
    terminal.line(`${config.path}: ${config.targets.size} targets and ${config.policies.size} policies are valid`);
  }
  return 0;
};
