import type { Message, Step } from '../conversation.ts';
import { type Speaker, SYNC } from './messages.ts';
import { cuts } from './steps.ts';

/** Longer than anybody waits: what sleeps ends by being cancelled. */
const SLEEP = 'select pg_sleep(600)';

/** A statement that sleeps until it is cancelled, alone or among others; what is behind it waits with it. */
export function cancelledSleep({ random, scene }: Speaker): Step {
  const before = scene.open ? [SYNC] : [];
  const texts = random.pick([[SLEEP], ["insert into notes (body) values ('slept')", SLEEP], [SLEEP, 'select 1']]);
  const bySimple: Message[] = [{ kind: 'query', text: texts.join('; ') }];
  const run = (text: string): Message[] => [
    { kind: 'parse', name: '', text, types: [] },
    { kind: 'bind', portal: '', statement: '', formats: [], values: [], results: [] },
    { kind: 'execute', portal: '', rows: 0 },
  ];
  const byExtended: Message[] = [...texts.flatMap(run), SYNC, { kind: 'close', what: 'S', name: '' }, SYNC];
  const behind = random.pick<readonly Message[]>([
    [],
    [],
    [{ kind: 'query', text: 'select 2' }],
    [...run('select 3'), SYNC],
  ]);
  scene.statements.delete('');
  scene.open = scene.followable = false;
  const messages = [...before, ...(random.chance(0.5) ? bySimple : byExtended), ...behind];
  return { messages, wait: true, cuts: cuts(random), cancel: true, whole: true };
}
