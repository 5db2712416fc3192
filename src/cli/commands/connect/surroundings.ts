import { runtimeDirectory, stateDirectory } from '../../../config/paths.ts';
import type { Config } from '../../../config/load.ts';
import { systemClock } from '../../../core/clock.ts';
import type { Standing } from '../../../core/standing.ts';
import { osUser } from '../../../identity/os-user.ts';
import { agree, type SessionRequest, type Surroundings } from '../../../local/guarded-session.ts';
import { openInbox } from '../../../local/inbox/open.ts';
import { openGrammar } from '../../../session/index.ts';
import { openAsking } from '../../asking.ts';
import type { Invocation } from '../../invocation.ts';
import { VERSION } from '../../version.ts';
import type { Announcer } from './announcer.ts';

export interface SurroundingsOptions<A> {
  readonly invocation: Invocation;
  readonly config: Config;
  readonly requests: readonly SessionRequest[];
  /** Who says what happens, once it is known who asks. */
  readonly announcer: (standing: Standing) => A;
}

/**
 * What the sessions of one command share. All or nothing: what would be refused is refused before the first door opens.
 * What is opened is closed with the stack.
 * @throws HoopError as `openAsking` and `agree` do
 */
export async function openSurroundings<A extends Pick<Announcer, 'decision' | 'request' | 'warn'>>(
  { invocation, config, requests, announcer: announcerFor }: SurroundingsOptions<A>,
  stack: AsyncDisposableStack,
): Promise<{ readonly around: Surroundings; readonly announcer: A }> {
  const { env, home } = invocation;
  const { standing, provider } = await openAsking(invocation, config);
  stack.defer(() => standing.close());
  const { identity } = standing;
  const announcer = announcerFor(standing);
  const policies = requests.flatMap((request) => agree({ config, identity }, request).policies);
  const [state, runtime] = [stateDirectory(env, home), runtimeDirectory(env, home)];
  const inbox = stack.use(await openInbox({ state, runtime, own: osUser(), provider, clock: systemClock, policies }));
  const grammar = openGrammar();
  stack.defer(() => grammar.close());
  const around: Surroundings = {
    config,
    env,
    home,
    state,
    runtime,
    standing,
    grammar,
    clock: systemClock,
    version: VERSION,
    observe: (session, target, observed) => announcer.decision(session, target, observed),
    held: (request) => announcer.request(request),
    register: inbox.register,
    warn: (message) => announcer.warn(message),
  };
  return { around, announcer };
}
