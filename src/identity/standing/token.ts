import type { Clock } from '../../core/clock.ts';
import { HoopError } from '../../core/errors.ts';
import { isSameOne } from '../../core/identity.ts';
import type { Provider, TokenSet } from '../../core/provider.ts';
import type { Standing } from '../../core/standing.ts';
import { confirmedLately } from '../lately.ts';
import { openStanding } from './live.ts';
import { type Finding, type Known, type Source, unknown } from './source.ts';

export interface TokenOptions {
  readonly provider: Provider;
  /** What there is now: an ID token, and an access token where claims take one. @throws HoopError when there is none */
  readonly read: () => Promise<TokenSet>;
  /** `read` never gives another one: when this one proves nothing any more, that is the end. */
  readonly fixed: boolean;
  readonly clock: Clock;
}

/** Milliseconds for one confirmation. */
const CONVERSATION = 30_000;

/**
 * Whoever a token stands for that somebody else hands out and renews: a CI system, Kubernetes. It is read and
 * verified again before what it proved is not believed any more.
 * @throws HoopError as `read` does, `identity.token` when it proves nothing, `identity.*`
 */
export function tokenStanding(options: TokenOptions): Promise<Standing> {
  const { recheck } = options.provider.settings;
  const again = 'the same command again, with a new token';
  return openStanding({ source: new TokenSource(options), recheck, again, clock: options.clock }, null);
}

class TokenSource implements Source {
  readonly #options: TokenOptions;

  constructor(options: TokenOptions) {
    this.#options = options;
  }

  /** Only the token itself says anything. */
  async look(): Promise<null> {
    return null;
  }

  async renew(known: Known | null): Promise<Finding> {
    try {
      return await this.#confirm(known, await this.#options.read());
    } catch (error) {
      return unknown(error);
    }
  }

  async #confirm(known: Known | null, tokens: TokenSet): Promise<Finding> {
    const { provider, clock } = this.#options;
    try {
      const signal = AbortSignal.timeout(CONVERSATION);
      const { confirmation, said } = await confirmedLately(tokens, null, { provider, clock, signal });
      const { identity, expires } = confirmation;
      const found: Known = { identity, confirmed: said, until: expires };
      if (known === null || isSameOne(identity, known.identity)) return { kind: 'known', known: found };
      return { kind: 'ended', why: 'the token stands for somebody else now' };
    } catch (error) {
      // At first, why it proves nothing is what there is to say.
      if (known === null || !(error instanceof HoopError)) return unknown(error);
      const isOver = error.code === 'identity.login' || (error.code === 'identity.token' && this.#options.fixed);
      return isOver ? { kind: 'ended', why: 'the token does not prove any more who asks' } : unknown(error);
    }
  }
}
