import { type Config, policiesOf, targetNamed } from '../config/load.ts';
import { systemClock } from '../core/clock.ts';
import type { Grammar } from '../core/grammar.ts';
import type { Identity } from '../core/identity.ts';
import type { Consultation } from '../core/protocol.ts';
import { openExplainer } from '../session/explain.ts';
import type { Judgement } from '../session/judgement.ts';
import { consultTarget } from './consulting.ts';
import type { Invocation } from './invocation.ts';

/** Decides about texts as a session of a target would, without a client. */
export interface Explainer {
  /** Whom no policy holds for is refused everything. @throws HoopError when the target cannot be asked */
  judge(target: string, identity: Identity, text: string): Promise<Judgement>;
  close(): void;
}

/** Each target is reached once, when it is first asked about. The caller closes the grammar. */
export function openExplaining(invocation: Invocation, config: Config, grammar: Grammar): Explainer {
  const consulted = new Map<string, Promise<Consultation>>();
  return {
    async judge(name, identity, text) {
      const policies = policiesOf(config, targetNamed(config, name));
      const consultation = consulted.get(name) ?? consultTarget(invocation, config, name);
      consulted.set(name, consultation);
      const { catalog } = await consultation;
      return openExplainer({ identity, policies, grammar, clock: systemClock }, catalog)(text);
    },
    close() {
      // What could not be reached was reported to whoever asked.
      for (const one of consulted.values()) one.then((reached) => reached.close()).catch(() => undefined);
    },
  };
}
