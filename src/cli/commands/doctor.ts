import { runtimeDirectory, stateDirectory } from '../../config/paths.ts';
import type { Config } from '../../config/load.ts';
import { HoopError } from '../../core/errors.ts';
import { visible, visibleLines } from '../../core/visible.ts';
import type { KeptSecrets } from '../../local/secrets/kept-secrets.ts';
import type { Run } from '../command.ts';
import { readConfig } from '../configuration.ts';
import { EXIT } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import { secretStoreOf } from '../secrets.ts';
import { checkTarget } from '../target-check.ts';
import { targetFacts } from '../target-facts.ts';
import type { Guarding } from '../guarding.ts';
import { guardingOf } from '../target-guarding.ts';
import type { Style, Terminal } from '../terminal.ts';
import { checkIssuers } from './doctor/issuers.ts';
import { checkDirectory, checkGrammar, checkNode, checkSandbox, type Finding, found } from './doctor/machine.ts';
import { checkSecrets } from './doctor/secrets.ts';

interface TargetFindings {
  readonly target: string;
  readonly enforces: readonly Guarding[];
}

export const doctor: Run = async (invocation) => {
  const { terminal, options, env, home } = invocation;
  const findings: Finding[] = [
    checkNode(),
    await checkGrammar(),
    await checkDirectory('state directory', () => stateDirectory(env, home)),
    await checkDirectory('runtime directory', () => runtimeDirectory(env, home)),
  ];
  const config = await configOf(invocation, findings);
  findings.push(...(await secretsOf(invocation, config)));
  findings.push(await checkSandbox(needsSandbox(config)));
  const targets: TargetFindings[] = [];
  if (config !== null) {
    const asks = !options.flag('offline');
    if (asks && config.identity !== null) findings.push(...(await checkIssuers(config.identity)));
    for (const target of config.targets.values()) {
      targets.push({ target: target.name, enforces: guardingOf(config, target) });
      if (asks) findings.push(await reach(invocation, config, target.name));
    }
  }
  const failed = findings.find(({ status }) => status === 'failed');
  if (options.flag('json')) {
    terminal.json({ version: 1, ok: failed === undefined, findings, targets });
  } else {
    for (const finding of findings) printFinding(terminal, finding);
    for (const target of targets) printTarget(terminal, target);
    if (failed !== undefined) terminal.progress(`Try: ${failed.hint ?? 'hoopctl --help'}`);
  }
  return failed === undefined ? EXIT.ok : EXIT.failure;
};

async function configOf(invocation: Invocation, findings: Finding[]): Promise<Config | null> {
  try {
    const config = await readConfig(invocation);
    findings.push(
      found(
        'configuration',
        'ok',
        `${config.path}: ${config.targets.size} ${config.targets.size === 1 ? 'target' : 'targets'}`,
      ),
    );
    return config;
  } catch (error) {
    if (!(error instanceof HoopError)) throw error;
    // Whoever has none yet is about to write one.
    const status = error.code === 'config.missing' ? 'warning' : 'failed';
    findings.push({ ...found('configuration', status, error.message), hint: error.hint });
    return null;
  }
}

/** A state directory that is not one was found out above. */
async function secretsOf(invocation: Invocation, config: Config | null): Promise<readonly Finding[]> {
  let store: KeptSecrets;
  try {
    store = secretStoreOf(invocation, 'target');
  } catch (error) {
    if (error instanceof HoopError) return [];
    throw error;
  }
  return checkSecrets(invocation, config, store);
}

function needsSandbox(config: Config | null): boolean {
  return [...(config?.scripts.values() ?? [])].some(({ sandbox }) => sandbox === 'required');
}

async function reach(invocation: Invocation, config: Config, name: string): Promise<Finding> {
  const { report, error } = await checkTarget(invocation, config, name);
  const what = `target ${name}`;
  if (report === null) return { ...found(what, 'failed', error?.message ?? ''), hint: error?.hint ?? null };
  const target = config.targets.get(name);
  const facts = targetFacts(report, target?.protocol).join(', ');
  if (target?.protocol !== 'postgres' || target.tls.mode !== 'require') return found(what, 'ok', facts);
  return { ...found(what, 'warning', `${facts}; nothing proves who the server is`), hint: 'tls: verify-full' };
}

const MARKS: Readonly<Record<Finding['status'], readonly [Style, string]>> = {
  ok: ['green', 'ok     '],
  warning: ['yellow', 'warning'],
  failed: ['red', 'failed '],
};

function printFinding(terminal: Terminal, { what, status, note }: Finding): void {
  const [style, word] = MARKS[status];
  terminal.line(`${terminal.style(style, word)}  ${visible(what)}: ${visibleLines(note)}`);
}

function printTarget(terminal: Terminal, { target, enforces }: TargetFindings): void {
  terminal.line();
  terminal.line(terminal.style('bold', visible(target)));
  for (const { what, enforced, note } of enforces) {
    const word = enforced ? terminal.style('green', 'enforced    ') : terminal.style('yellow', 'not enforced');
    terminal.line(`  ${word}  ${what}: ${note}`);
  }
}
