import { errnoOf, HoopError } from '../../core/errors.ts';
import { webAddress } from './web-address.ts';

export type Fetch = (url: string, init?: RequestInit) => Promise<Response>;

/** The longest answer that is read, in bytes after decompression: discovery documents and key sets are a few kB. */
const MOST_BYTES = 1024 * 1024;

/** How one conversation with providers is held. */
export interface Bounds {
  /** For one answer. */
  readonly milliseconds: number;
  readonly signal: AbortSignal;
  /** Issuers that the configuration names: of no other is the address repeated. */
  readonly issuers: readonly string[];
}

/**
 * A fetch for talking to providers, that a hostile one cannot lead astray: https or loopback only, no redirects, an answer
 * of bounded size in time. Answers come back complete.
 * @throws HoopError `identity.unreachable` when there is no answer, or one that says to try again later (429, 5xx);
 *   `identity.provider` for an answer that is not acceptable
 */
export function boundedFetch(fetch: Fetch, { milliseconds, signal, issuers }: Bounds): Fetch {
  return async (url, init = {}) => {
    if (webAddress(url) === null) throw unacceptable('named an address that is neither https nor on this machine');
    const late = AbortSignal.timeout(milliseconds);
    try {
      const response = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.any([signal, late]) });
      return await complete(response, nameOf(url, issuers));
    } catch (error) {
      if (error instanceof HoopError || signal.aborted) throw error;
      const why = late.aborted ? `no answer within ${milliseconds / 1000} s` : reasonOf(error);
      throw unreachable(nameOf(url, issuers), why, error);
    }
  };
}

/** Whoever has several providers is told which; what a provider names is not repeated. */
function nameOf(url: string, issuers: readonly string[]): string {
  const host = URL.parse(url)?.host;
  const isNamed = issuers.some((issuer) => URL.parse(issuer)?.host === host);
  return host !== undefined && isNamed ? `the identity provider ${host}` : 'the identity provider';
}

async function complete(response: Response, name: string): Promise<Response> {
  const { status, headers } = response;
  const refused = refusalOf(status, name);
  if (refused !== null) {
    await response.body?.cancel();
    throw refused;
  }
  const body = await bytesOf(response);
  // A Response of these must have no body at all.
  return new Response(status === 204 || status === 205 ? null : body, { status, headers });
}

function refusalOf(status: number, name: string): HoopError | null {
  if (status >= 500 || status === 429) return unreachable(name, `HTTP status ${status}`, undefined);
  if (status >= 300 && status < 400) return unacceptable('answered with a redirect, which is not followed');
  return null;
}

async function bytesOf(response: Response): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const body: AsyncIterable<Uint8Array> | readonly never[] = response.body ?? [];
  for await (const chunk of body) {
    length += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (length > MOST_BYTES) throw unacceptable('gave an answer of more than 1 MiB');
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

function unacceptable(what: string): HoopError {
  return new HoopError('identity.provider', `the identity provider ${what}`, {
    hint: 'check identity.issuer in hoopctl.yaml',
  });
}

function unreachable(name: string, why: string, cause: unknown): HoopError {
  return new HoopError('identity.unreachable', `${name} cannot be asked: ${why}`, {
    cause,
    hint: 'check the network, and the issuer that hoopctl.yaml names',
  });
}

/** What Node's fetch says hides a level or two down. */
function reasonOf(error: unknown): string {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth += 1) {
    const errno = errnoOf(at);
    if (errno !== null) return errno;
  }
  return 'the connection failed';
}
