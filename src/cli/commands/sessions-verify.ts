import { stateDirectory } from '../../config/paths.ts';
import { resolveSession } from '../../record/store.ts';
import {
  type AnchorVerdict,
  type SessionVerdict,
  type StoreVerdict,
  verifySession,
  verifyStore,
} from '../../record/verify-store.ts';
import { visible } from '../../core/visible.ts';
import type { Run } from '../command.ts';
import { EXIT } from '../failure.ts';
import type { Invocation } from '../invocation.ts';
import type { Terminal } from '../terminal.ts';

export const verify: Run = async (invocation) => {
  const { terminal, options, env, home } = invocation;
  const state = stateDirectory(env, home);
  const say = (verdict: SessionVerdict): void => {
    if (options.flag('json')) terminal.json({ version: 1, ...verdict });
    else terminal.line(describe(terminal, verdict));
  };
  let unsound = 0;
  if (invocation.arguments.length > 0) {
    for (const prefix of invocation.arguments) {
      const verdict = await verifySession(state, await resolveSession(state, prefix));
      say(verdict);
      if (!verdict.sound) unsound += 1;
    }
  } else {
    unsound = await verifyAll(invocation, state, say);
  }
  if (unsound === 0) return EXIT.ok;
  if (!options.flag('json')) terminal.progress(`Try: compare with a copy of ${state} that is known to be good`);
  return EXIT.verification;
};

/** How many are not sound, the anchors included. */
async function verifyAll(
  invocation: Invocation,
  state: string,
  say: (verdict: SessionVerdict) => void,
): Promise<number> {
  const { terminal, options } = invocation;
  const verdicts = verifyStore(state);
  let unsound = 0;
  for (;;) {
    const step = await verdicts.next();
    if (step.done === true) {
      const anchors: StoreVerdict = step.value;
      if (options.flag('json')) terminal.json({ version: 1, ...anchors });
      else if (anchors.anchors === null)
        terminal.progress(`Anchors: ${anchors.state.chain} over ${anchors.state.upto} bytes`);
      else
        terminal.line(
          `${terminal.style('red', 'damaged')}     the anchors, at byte ${anchors.anchors.position}: ${anchors.anchors.detail}`,
        );
      return unsound + (anchors.anchors === null ? 0 : 1);
    }
    say(step.value);
    if (!step.value.sound) unsound += 1;
  }
}

const ANCHORS: Readonly<Record<AnchorVerdict, string>> = {
  agrees: '',
  'rolled-back': 'it ends before what was anchored when it was sealed',
  differs: 'it is another record than was anchored',
  unanchored: 'it was never anchored: it was put there, or the anchors were cut',
  missing: 'its record is gone',
};

function describe(terminal: Terminal, { session, record, anchor, sound }: SessionVerdict): string {
  const status = record?.status ?? 'missing';
  const word =
    sound && status !== 'valid'
      ? terminal.style('yellow', status.padEnd(11))
      : sound
        ? terminal.style('green', status.padEnd(11))
        : terminal.style('red', (status === 'valid' ? 'unsound' : status).padEnd(11));
  const details: string[] = [];
  if (record !== null) details.push(`${record.events} events, ${record.sealed} of them sealed`);
  if (record?.status === 'incomplete')
    details.push(record.cut ? 'cut within an event' : 'not ended: running, or cut by a crash');
  if (record?.status === 'damaged') {
    details.push(
      `first bad: event ${record.event}, ${record.part}, byte ${record.position}: ${visible(record.detail)}`,
    );
  }
  if (ANCHORS[anchor] !== '') details.push(ANCHORS[anchor]);
  return `${word} ${session}  ${details.join('; ')}`;
}
