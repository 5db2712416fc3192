import { describe, expect, it } from 'vitest';
import { agentOf } from '../../../src/local/mcp/agent.ts';
import { agentName } from '../../../src/local/who.ts';

describe('the name of an agent', () => {
  it.each([
    ['claude-code', 'claude-code'],
    ['Cursor', 'Cursor'],
    ['Visual Studio Code', 'Visual-Studio-Code'],
    ['codex_mcp.client-1', 'codex_mcp.client-1'],
    ['Café', 'Cafe'],
    ['--as root', 'as-root'],
    ['../../etc/passwd', 'etc-passwd'],
    ['bot\u001b]0;owned\u0007', 'bot-0-owned'],
    ['a'.repeat(200), 'a'.repeat(63)],
  ])('of %j is %j', (client, name) => {
    expect(agentOf(client)).toBe(name);
  });

  it.each([undefined, '', '   ', '...', '\u202e', '日本'])('is mcp where nothing is left of it: %j', (client) => {
    expect(agentOf(client)).toBe('mcp');
  });

  it('is always one that an agent may have', () => {
    for (const client of ['x', '9', '-a-', `${'a-'.repeat(62)}`, '\u{1f916} bot', '%s%n', 'a b\tc\nd']) {
      expect(agentName(agentOf(client))).toBe(agentOf(client));
    }
  });
});
