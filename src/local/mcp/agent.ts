/** What an agent is called that says nothing better of itself. */
const NAMELESS = 'mcp';
/** Characters of an agent's name: see `agentName`. */
const LONGEST = 63;

/** The name an MCP client gives itself, as far as an agent may be called so. */
export function agentOf(client: string | undefined): string {
  const plain = (client ?? '')
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, LONGEST)
    .replace(/[._-]+$/, '');
  return plain === '' ? NAMELESS : plain;
}
