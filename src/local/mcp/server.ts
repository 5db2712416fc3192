import type { Readable, Writable } from 'node:stream';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import {
  CallToolRequestSchema,
  ErrorCode,
  ListToolsRequestSchema,
  McpError,
  type Tool as ListedTool,
} from '@modelcontextprotocol/sdk/types.js';
import type { Config } from '../../config/load.ts';
import type { Clock } from '../../core/clock.ts';
import { HoopError } from '../../core/errors.ts';
import type { Surroundings } from '../guarded-session.ts';
import { agentOf } from './agent.ts';
import { type Answer, toolResult } from './answer.ts';
import type { Given } from './arguments.ts';
import { Calls } from './calls.ts';
import { instructions } from './instructions.ts';
import { failureAnswer } from './outcome.ts';
import { type Opened, Sessions } from './sessions.ts';
import type { Desk, Schema, Tool } from './tool.ts';
import { describeSchema } from './tools/describe-schema.ts';
import { listTargets } from './tools/list-targets.ts';
import { requestStatus } from './tools/request-status.ts';
import { runStatement } from './tools/run-statement.ts';
import { withdrawRequest } from './tools/withdraw-request.ts';
import { objectionTo } from './tool-call.ts';
import { LineTransport } from './transport.ts';

/** None of them approves anything: whoever asks does not answer. */
export const TOOLS: readonly Tool[] = [listTargets, describeSchema, runStatement, requestStatus, withdrawRequest];

/** Calls of tools at once: most of them wait for something. */
const MOST_CALLS = 128;

export interface McpOptions {
  readonly input: Readable;
  readonly output: Writable;
  readonly version: string;
  readonly config: Config;
  /** The targets that are served: at least one. */
  readonly targets: readonly string[];
  /** In whose name sessions are opened; null: as the client calls itself. */
  readonly as: string | null;
  /** Milliseconds; null: as long as the policies allow. */
  readonly ttl: number | null;
  readonly reason: string | null;
  readonly clock: Clock;
  /** Finds out who asks, for an agent of this name. @throws HoopError */
  readonly open: (agent: string, events: Pick<Surroundings, 'observe' | 'masked' | 'held'>) => Promise<Opened>;
  /** What whoever keeps the server should see: never statement text. */
  readonly warn: (message: string) => void;
  readonly tell: (message: string) => void;
  /** Aborts when the server is to end. */
  readonly signal: AbortSignal;
}

/** Serves targets as tools until the input ends or the signal aborts; all sessions are over then. @throws HoopError */
export async function serveMcp(options: McpOptions): Promise<void> {
  const { targets, ttl, reason, config, clock, version, warn, signal } = options;
  const calls = new Calls();
  const mcp = new McpServer(
    { name: 'hoopctl', version },
    { capabilities: { tools: {} }, instructions: instructions(targets) },
  );
  const { server } = mcp;
  const events: Parameters<McpOptions['open']>[1] = {
    observe: (session, _target, { connection, refusal }) => calls.observed(session, connection, refusal),
    masked: () => undefined,
    held: (request) => {
      calls.held(request);
      options.tell(`held for approval on ${request.target.name}; a person answers with: hoopctl approve ${request.id}`);
    },
  };
  const agent = (): string => options.as ?? agentOf(server.getClientVersion()?.name);
  const sessions = new Sessions({ open: () => options.open(agent(), events), ttl, reason, warn });
  const desk: Desk = { config, targets, ttl, reason, sessions, calls, clock };
  answerTools(server, desk, warn);

  const over = Promise.withResolvers<void>();
  server.onclose = over.resolve;
  // What comes after a colon quotes what the client has sent, all of it.
  server.onerror = ({ message }) => warn(message.split(':', 1).join());
  const transport = new LineTransport(options.input, options.output, objectionTo);
  const stop = (): void => void transport.close();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await mcp.connect(transport);
    if (signal.aborted) stop();
    await over.promise;
  } finally {
    signal.removeEventListener('abort', stop);
    await sessions.close(signal.aborted ? 'cancelled' : 'client');
  }
}

function answerTools(server: McpServer['server'], desk: Desk, warn: (message: string) => void): void {
  const listed = TOOLS.map(listedTool);
  let busy = 0;
  server.setRequestHandler(ListToolsRequestSchema, () => ({ tools: listed }));
  server.setRequestHandler(CallToolRequestSchema, async ({ params }, { signal }) => {
    const tool = TOOLS.find(({ name }) => name === params.name);
    if (tool === undefined) throw new McpError(ErrorCode.InvalidParams, 'there is no such tool');
    if (busy >= MOST_CALLS) return toolResult(failureAnswer(CROWDED));
    busy += 1;
    try {
      return toolResult(await answerOf(tool, desk, { given: params.arguments ?? {}, signal, warn }));
    } finally {
      busy -= 1;
    }
  });
}

const CROWDED = new HoopError('wire.limit', `${MOST_CALLS} calls are under way already`, {
  hint: 'Wait until some of them have been answered.',
});

/** Never rejects: no call ends the server. */
async function answerOf(
  tool: Tool,
  desk: Desk,
  call: { readonly given: Given; readonly signal: AbortSignal; readonly warn: (message: string) => void },
): Promise<Answer> {
  try {
    return await tool.call(desk, call.given, call.signal);
  } catch (error) {
    if (!(error instanceof HoopError) && !call.signal.aborted) call.warn(`${tool.name} failed: a bug in hoopctl`);
    return failureAnswer(error);
  }
}

function listedTool({ name, title, description, input, output, annotations }: Tool): ListedTool {
  return {
    name,
    title,
    description,
    inputSchema: listedSchema(input),
    outputSchema: listedSchema(output),
    annotations,
  };
}

function listedSchema({ required, properties, ...rest }: Schema): ListedTool['inputSchema'] {
  return { ...rest, properties: { ...properties }, ...(required === undefined ? {} : { required: [...required] }) };
}
