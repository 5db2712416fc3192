import { type Config, policiesOf, targetNamed } from '../config/load.ts';
import type { Channel } from '../core/action.ts';
import { systemClock } from '../core/clock.ts';
import type { Grammar } from '../core/grammar.ts';
import type { Identity } from '../core/identity.ts';
import { HoopError } from '../core/errors.ts';
import type { Consultation } from '../core/protocol.ts';
import { NOWHERE, type Whereabouts } from '../core/statement.ts';
import { requestEffects } from '../policy/channel-request.ts';
import type { Policy } from '../policy/rules.ts';
import { explainCommand, openExplainer } from '../session/explain.ts';
import type { Judgement } from '../session/judgement.ts';
import { consultTarget } from './consulting.ts';
import type { Invocation } from './invocation.ts';

/** A statement, or what is asked for over SSH: see `ChannelRequest`. `channel`: null for SQL. */
export interface Question {
  readonly text: string;
  readonly channel: Channel | null;
}

/** Decides about questions as a session of a target would, without a client. */
export interface Explainer {
  /** Whom no policy holds for is refused everything. @throws HoopError when the target cannot be asked, or not that */
  judge(target: string, identity: Identity, question: Question): Promise<Judgement>;
  close(): void;
}

/** Each target is reached once, when it is first asked about. The caller closes the grammar. */
export function openExplaining(invocation: Invocation, config: Config, grammar: Grammar): Explainer {
  const consulted = new Map<string, Promise<Consultation>>();
  return {
    async judge(name, identity, question) {
      const target = targetNamed(config, name);
      const policies = policiesOf(config, target);
      if (target.protocol === 'ssh') return judgeCommand({ identity, policies }, question);
      if (question.channel !== null) throw noChannels(name);
      const consultation = consulted.get(name) ?? consultTarget(invocation, config, name);
      consulted.set(name, consultation);
      const { catalog } = await consultation;
      return openExplainer({ identity, policies, grammar, clock: systemClock }, catalog)(question.text);
    },
    close() {
      // What could not be reached was reported to whoever asked.
      for (const one of consulted.values()) one.then((reached) => reached.close()).catch(() => undefined);
    },
  };
}

async function judgeCommand(
  asked: { readonly identity: Identity; readonly policies: readonly Policy[] },
  { text, channel }: Question,
): Promise<Judgement> {
  const outcome = requestEffects({ channel: channel ?? 'exec', text });
  if (!outcome.ok) throw new HoopError('cli.usage', `the request ${outcome.reason}`, { hint: HOW_TO_ASK });
  return explainCommand(asked, text, { effects: outcome.effects, start: READ_BY_POSIX });
}

/** Nobody asks the target: most have such a shell, and where one does not the same line is opaque at most. */
const READ_BY_POSIX: Whereabouts = { ...NOWHERE, shell: 'plain' };

const HOW_TO_ASK = 'hoopctl policy explain "rm -rf /srv" --target NAME';

function noChannels(target: string): HoopError {
  return new HoopError('cli.usage', `${target} is a database: it has no channels`, {
    hint: `hoopctl policy explain "SELECT 1" --target ${target}`,
  });
}
