import { render } from 'ink';
import type { ReactNode } from 'react';
import type { ScreenStreams } from './drawable.ts';
import { useKeys } from './hooks/use-keys.ts';
import { ListenersContext, useListeners } from './hooks/use-listening.ts';
import { PaletteContext, paletteOf } from './palette.ts';

export interface ScreenOptions extends ScreenStreams {
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Takes the screen down: for signals. */
  readonly signal: AbortSignal;
}

/*
 * Without automatic margins, a line that a terminal finds wider than we do is cut by it, and moves nothing. The
 * keypad's modes and the rest are Ink's to restore.
 */
const NO_WRAP = '\u001b[?7l';
const WRAP = '\u001b[?7h';

/**
 * Draws a view on the whole terminal, in its alternate screen, until it calls `done`; what was on the terminal is back
 * afterwards, also when the view fails or the process exits. Null when Ctrl-C or the signal ended it.
 * @throws what the view throws while it is drawn
 */
export async function runScreen<T>(
  view: (done: (value: T) => void) => ReactNode,
  options: ScreenOptions,
): Promise<T | null> {
  const { stdin, stdout, env, signal } = options;
  if (signal.aborted) return null;
  const outcome: { value: T | null } = { value: null };
  const restore = (): void => void stdout.write(WRAP);
  process.once('exit', restore);
  const leave = (): void => instance.unmount();
  const done = (value: T): void => {
    outcome.value = value;
    leave();
  };
  // At once, for a first frame that is whole: whatever is drawn next waits for its turn.
  const instance = render(
    <PaletteContext value={paletteOf(env)}>
      <Listened>
        <Interruptible onInterrupt={leave}>{view(done)}</Interruptible>
      </Listened>
    </PaletteContext>,
    {
      stdin,
      stdout,
      alternateScreen: true,
      incrementalRendering: true,
      // What a key changes is in force before the next key is read, the listeners for it included.
      concurrent: true,
      exitOnCtrlC: false,
      interactive: true,
      patchConsole: false,
    },
  );
  signal.addEventListener('abort', leave, { once: true });
  try {
    stdout.write(NO_WRAP);
    await instance.waitUntilExit();
    return outcome.value;
  } finally {
    signal.removeEventListener('abort', leave);
    process.off('exit', restore);
    leave();
    instance.cleanup();
    restore();
  }
}

function Listened({ children }: { readonly children: ReactNode }): ReactNode {
  return <ListenersContext value={useListeners()}>{children}</ListenersContext>;
}

/** Raw mode takes Ctrl-C from the terminal: it is a key like any other, and always ends the screen. */
function Interruptible({
  onInterrupt,
  children,
}: {
  readonly onInterrupt: () => void;
  readonly children: ReactNode;
}): ReactNode {
  useKeys([{ keys: ['ctrl-c'], help: 'leave', run: onInterrupt }]);
  return children;
}
