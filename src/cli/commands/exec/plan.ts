import { type Config, policiesOf, targetNamed } from '../../../config/load.ts';
import type { ScriptConfig } from '../../../config/file-shape.ts';
import { SCRIPT_LIMITS } from '../../../config/script-shape.ts';
import { suggestion } from '../../../config/suggest.ts';
import { HoopError } from '../../../core/errors.ts';
import { visible } from '../../../core/visible.ts';
import type { Invocation } from '../../invocation.ts';

/** What is to be run, against what, and how it is held. */
export interface Plan extends Omit<ScriptConfig, 'name' | 'sandbox'> {
  readonly sandboxed: boolean;
  /** Milliseconds; null: as long as the policies allow. */
  readonly ttl: number | null;
  readonly reason: string | null;
}

const USAGE = 'hoopctl exec SCRIPT, or hoopctl exec --target NAME -- COMMAND';

/** @throws HoopError `cli.usage`, `config.target`, `policy.denied` when a policy demands the sandbox */
export function planOf(invocation: Invocation, config: Config): Plan {
  const { options } = invocation;
  const script = invocation.rest === null ? scriptOf(invocation, config) : commandOf(invocation);
  const wanted = options.either('sandbox');
  if (wanted === false && script.sandbox === 'required') {
    if (script.name !== '') throw confined(script.name);
    refuseUnconfined(config, script.targets);
  }
  return {
    ...script,
    sandboxed: wanted ?? script.sandbox === 'required',
    ttl: options.duration('ttl'),
    reason: options.text('reason'),
  };
}

function scriptOf({ arguments: names, options }: Invocation, config: Config): ScriptConfig {
  const [name, second] = names;
  if (name === undefined) throw new HoopError('cli.usage', 'name a script, or a command after --', { hint: USAGE });
  if (second !== undefined) {
    throw new HoopError('cli.usage', 'a script takes no arguments: they are in hoopctl.yaml', { hint: USAGE });
  }
  if (options.list('target').length > 0) {
    throw new HoopError('cli.usage', 'a script has targets of its own', { hint: `hoopctl exec ${visible(name)}` });
  }
  const script = config.scripts.get(name);
  if (script !== undefined) return script;
  const known = [...config.scripts.keys()];
  throw new HoopError('config.target', `there is no script ${JSON.stringify(name)}${suggestion(name, known)}`, {
    hint: known.length === 0 ? 'write one under scripts: in hoopctl.yaml' : `the scripts are: ${known.join(', ')}`,
  });
}

function commandOf({ arguments: names, options, rest }: Invocation): ScriptConfig {
  const targets = options.list('target');
  if (names.length > 0) throw new HoopError('cli.usage', 'name a script or a command, not both', { hint: USAGE });
  if (rest?.[0] === '') throw new HoopError('cli.usage', 'the command after -- is empty', { hint: USAGE });
  if (rest === null || rest.length === 0) throw new HoopError('cli.usage', 'nothing follows --', { hint: USAGE });
  if (targets.length === 0) throw new HoopError('cli.usage', 'no target is named', { hint: USAGE });
  if (new Set(targets).size < targets.length) {
    throw new HoopError('cli.usage', 'a target is named twice', { hint: 'name every target once' });
  }
  return {
    name: '',
    command: rest,
    targets,
    policy: [],
    sandbox: 'required',
    workdir: 'read-only',
    env: [],
    hosts: [],
    limits: SCRIPT_LIMITS,
  };
}

/** What a script says of itself was written by whoever keeps the policies; an option was not. */
function confined(name: string): HoopError {
  return new HoopError('policy.denied', `the script ${name} runs in a sandbox`, {
    hint: 'leave --no-sandbox out, or ask whoever keeps hoopctl.yaml for `sandbox: none` in the script',
  });
}

function refuseUnconfined(config: Config, targets: readonly string[]): void {
  for (const target of targets) {
    const strict = policiesOf(config, targetNamed(config, target)).find(
      ({ session }) => session.sandbox === 'required',
    );
    if (strict === undefined) continue;
    throw new HoopError('policy.denied', `the policy ${strict.name} of ${target} demands a sandbox`, {
      hint: 'leave --no-sandbox out, or ask whoever keeps hoopctl.yaml for `session: { sandbox: optional }`',
    });
  }
}
