import type { Leftovers } from './leftovers.ts';
import type { Streams } from './streams.ts';

/** Milliseconds after a question in which its answer may still be on the way. */
const RECENT = 2000;
/** Milliseconds that a terminal gets to answer: one far away takes its time. */
const PATIENCE = 300;
/** Asks whether the terminal is well, and what it says: the answers to all that was asked before have come by then. */
const QUESTION = '\u001b[5n';
const ANSWER = '\u001b[0n';

/**
 * Gives the user's terminal back as it was before a program: what follows is read as it was meant. What the terminal answers
 * to a question of the program's is nobody's by now, and would be taken for keys by whatever reads next.
 *
 * @param keys whether what the terminal sends is read here, as it comes
 */
export async function giveBack({ stdin, stdout, stderr }: Streams, leftovers: Leftovers, keys: boolean): Promise<void> {
  const terminal = [stdout, stderr].find(({ isTTY, writable }) => isTTY === true && writable);
  if (terminal === undefined) return;
  const asks = keys && leftovers.asked !== null && performance.now() - leftovers.asked < RECENT;
  const undone = leftovers.undo();
  if (undone !== '') terminal.write(undone);
  if (!asks) return;
  terminal.write(QUESTION);
  await answered(stdin);
}

function answered(stdin: Streams['stdin']): Promise<void> {
  return new Promise((resolve) => {
    let said = '';
    const hear = (input: Buffer | string): void => {
      said += String(input);
      if (said.includes(ANSWER)) stop();
      said = said.slice(-ANSWER.length);
    };
    const stop = (): void => {
      clearTimeout(late);
      stdin.off('data', hear);
      resolve();
    };
    const late = setTimeout(stop, PATIENCE);
    stdin.on('data', hear);
  });
}
