import type { BaseAgent as SshAgent, ParsedKey, SigningRequestOptions } from 'ssh2';
import { BaseAgent } from './library.ts';
import { type Signer, signerOf, standIn } from './ssh2-login.ts';

type Done<T> = (error?: Error | null, value?: T) => void;

/** What ssh2 asks for keys and signatures: signers, and the keys of an agent that ssh2 knows how to use. */
export class SignerAgent extends BaseAgent<ParsedKey> {
  readonly #list: () => Promise<readonly (Signer | ParsedKey)[]>;
  readonly #agent: SshAgent | null;

  /** `agent`: who signs with what is listed of ssh2's own keys. */
  constructor(list: () => Promise<readonly (Signer | ParsedKey)[]>, agent: SshAgent | null) {
    super();
    this.#list = list;
    this.#agent = agent;
  }

  override getIdentities(done: Done<ParsedKey[]>): void {
    void answer(async () => (await this.#list()).map(asKey), done);
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | Done<Buffer>,
    done?: Done<Buffer>,
  ): void {
    const [settings, tell] = typeof options === 'function' ? [{}, options] : [options, done ?? (() => undefined)];
    const signer = signerOf(key);
    if (signer !== null) void answer(() => signer.sign(data), tell);
    else if (this.#agent === null) tell(new Error('nobody has this key'));
    else this.#agent.sign(key, data, settings, tell);
  }
}

async function answer<T>(ask: () => Promise<T>, tell: Done<T>): Promise<void> {
  let value: T;
  try {
    value = await ask();
  } catch (error) {
    tell(error instanceof Error ? error : new Error('the agent failed', { cause: error }));
    return;
  }
  tell(null, value);
}

function asKey(key: Signer | ParsedKey): ParsedKey {
  return 'algorithm' in key ? standIn(key) : key;
}
