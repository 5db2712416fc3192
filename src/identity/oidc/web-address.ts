/** The longest address that is taken from a provider. */
const MOST_CHARACTERS = 2048;

/** RFC 3986's characters and no others: no quotes, backticks, backslashes, spaces, control or foreign characters. */
const CHARACTERS = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;

const LOOPBACK_HOSTS: ReadonlySet<string> = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * An address that tokens may be sent to and a browser may be shown: https, or http on loopback, without credentials in
 * it and without anything that a shell could take for more than a word. In canonical form; null when it is none.
 */
export function webAddress(text: unknown): string | null {
  if (typeof text !== 'string' || text.length > MOST_CHARACTERS || !CHARACTERS.test(text)) return null;
  if (text.includes('$(') || !URL.canParse(text)) return null;
  const { href, protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return null;
  return protocol === 'https:' || (protocol === 'http:' && LOOPBACK_HOSTS.has(hostname)) ? href : null;
}
