import type { Config } from '../config/load.ts';
import { resolveTarget } from '../config/resolve.ts';
import { HoopError } from '../core/errors.ts';
import type { ProbeReport } from '../core/protocol.ts';
import { protocolNamed } from '../local/protocol.ts';
import { exitCodeOf } from './failure.ts';
import type { Invocation } from './invocation.ts';
import { secretSourcesOf } from './secrets.ts';

/** What came of logging in to a target and out again. */
export interface TargetCheck {
  readonly target: string;
  readonly report: ProbeReport | null;
  readonly error: { readonly code: string; readonly message: string; readonly hint: string | null } | null;
  /** 0, or the exit code that the error stands for. */
  readonly exit: number;
}

/** Logs in to a target and out again. Errors that users can meet are part of the answer. */
export async function checkTarget(invocation: Invocation, config: Config, name: string): Promise<TargetCheck> {
  try {
    const target = await resolveTarget(config, name, secretSourcesOf(invocation, config));
    // The target's own limit of time holds.
    const report = await protocolNamed(target.protocol).probe(target, AbortSignal.any([]));
    return { target: name, report, error: null, exit: 0 };
  } catch (error) {
    if (!(error instanceof HoopError)) throw error;
    const { code, message, hint } = error;
    return { target: name, report: null, error: { code, message, hint }, exit: exitCodeOf(error) };
  }
}
