import type { CommandSpec } from '../command.ts';
import { PROFILE_OPTION } from './options.ts';

export const MCP: CommandSpec = {
  name: 'mcp',
  summary: 'serve targets to AI agents, as tools of the Model Context Protocol',
  description:
    'Speaks MCP on stdin and stdout: an agent’s program starts it. What agents ask is decided, masked and recorded like everything else; what needs approval is approved by people, never here.\nA session is opened when a target is first used, and ends with the server.',
  options: [
    {
      flags: '--target <name>',
      description: 'serve this target (may be repeated; all of hoopctl.yaml when left out)',
      complete: 'target',
      repeats: true,
    },
    { flags: '--ttl <duration>', description: 'end each session after this time (the policies may allow less)' },
    { flags: '--reason <text>', description: 'why, for the record' },
    { ...PROFILE_OPTION, description: 'the login that asks (or HOOPCTL_PROFILE), where people log in' },
    { flags: '--as <name>', description: 'the agent’s name; as its program calls itself when left out' },
  ],
  examples: ['hoopctl mcp --target pg-prod', 'claude mcp add hoopctl -- hoopctl mcp --target pg-prod'],
};
