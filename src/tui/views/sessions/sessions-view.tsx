import { type ReactNode, useEffect, useState, useSyncExternalStore } from 'react';
import { HoopError } from '../../../core/errors.ts';
import { useField } from '../../hooks/use-field.ts';
import { fieldLine } from '../../model/field-line.ts';
import type { Binding } from '../../model/keys.ts';
import { Player } from '../../model/replay/player.ts';
import { Script } from '../../model/replay/script.ts';
import type { Browser, BrowserState } from '../../model/sessions/browser.ts';
import { type Line, safeLine } from '../../safe-text.ts';
import { Frame } from '../frame.tsx';
import { ReplayView } from '../replay/replay-view.tsx';
import { SessionsBody } from './sessions-body.tsx';

export interface SessionsViewProps {
  readonly browser: Browser;
  readonly onLeave: () => void;
}

/** Every record there is; one of them is replayed, and left again. */
export function SessionsView({ browser, onLeave }: SessionsViewProps): ReactNode {
  const state = useSyncExternalStore(browser.subscribe, browser.state);
  const [failure, setFailure] = useState<{ readonly error: unknown } | null>(null);
  const run = (action: Promise<void>): void => {
    action.catch((error: unknown) => setFailure({ error }));
  };
  useEffect(() => {
    run(browser.refresh());
    return () => browser.close();
  }, [browser]);
  const { player, complaint, open, close } = useOpened(browser, run);
  const [typing, setTyping] = useState(false);
  const field = useField({
    active: typing,
    hasty: true,
    onSubmit: () => setTyping(false),
    onCancel: () => {
      setTyping(false);
      run(browser.filter(''));
    },
    onChange: (text) => run(browser.filter(text)),
  });
  if (failure !== null) throw failure.error;
  if (player !== null) return <ReplayView player={player} onLeave={close} />;
  const bindings = bindingsOf({
    browser,
    open: () => run(open()),
    ask: () => {
      field.set(state.typed);
      setTyping(true);
    },
    refresh: () => run(browser.refresh()),
    filter: (typed) => run(browser.filter(typed)),
    leave: onLeave,
  });
  return (
    <Frame
      title={[{ text: ' sessions', tone: 'strong' }, ...filterLabel(state)]}
      aside={countLine(state)}
      status={typing ? (width) => fieldLine(LABEL, field.state, width) : complaint}
      bindings={bindings}
      active={!typing}
      hasty
    >
      {(area) => <SessionsBody area={area} browser={browser} state={state} />}
    </Frame>
  );
}

const LABEL = ' filter (words, target:, who:, refused, text:):';

function filterLabel({ typed }: BrowserState): Line {
  return typed === '' ? [] : [{ text: '  ', tone: 'plain' }, ...safeLine(typed, 'accent')];
}

function countLine({ list, total, looked, searching }: BrowserState): Line {
  const busy = searching ? 'searching ' : looked < total ? `${Math.floor((looked / total) * 100)} % ` : '';
  const count = list.count === total ? `${total} ` : `${list.count} of ${total} `;
  return [
    { text: busy, tone: 'accent' },
    { text: count, tone: 'dim' },
  ];
}

/** The session that is replayed, if any. */
function useOpened(browser: Browser, run: (action: Promise<void>) => void) {
  const [opened, setOpened] = useState<{ readonly player: Player; readonly close: () => Promise<void> } | null>(null);
  const [complaint, setComplaint] = useState<Line | null>(null);
  const open = async (): Promise<void> => {
    const id = browser.id(browser.state().list.selected);
    if (id === null) return;
    try {
      const { recording, close } = await browser.archive.open(id);
      const player = new Player(new Script(recording));
      await player.open();
      setComplaint(null);
      setOpened({ player, close });
    } catch (error) {
      if (!(error instanceof HoopError)) throw error;
      setComplaint([
        { text: ' ', tone: 'plain' },
        ...safeLine(`${error.message} (hoopctl sessions verify ${id})`, 'bad'),
      ]);
    }
  };
  const close = (): void => {
    const closing = opened;
    setOpened(null);
    if (closing !== null) run(closing.close().then(() => browser.refresh()));
  };
  return { player: opened?.player ?? null, complaint, open, close };
}

interface SessionsKeys {
  readonly browser: Browser;
  readonly open: () => void;
  readonly ask: () => void;
  readonly refresh: () => void;
  readonly filter: (typed: string) => void;
  readonly leave: () => void;
}

function bindingsOf({ browser, open, ask, refresh, filter, leave }: SessionsKeys): readonly Binding[] {
  const { typed } = browser.state();
  const refused = /(?:^|\s)refused(?:$|\s)/.test(typed);
  const toggled = refused ? typed.replace(/(?:^|\s)refused(?=$|\s)/, '').trim() : `${typed} refused`.trim();
  return [
    { keys: ['enter'], hint: 'replay', help: 'replay the session', run: open },
    {
      keys: ['/'],
      hint: 'filter',
      help: 'list only some: words, target:NAME, who:NAME, refused, text:"part of a statement"',
      run: ask,
    },
    {
      keys: ['r'],
      hint: 'refused',
      help: 'only sessions in which something was refused, or all',
      run: () => filter(toggled),
    },
    { keys: ['down', 'j'], help: 'the session below', run: () => browser.move('down') },
    { keys: ['up', 'k'], help: 'the session above', run: () => browser.move('up') },
    { keys: ['page-down', 'ctrl-f'], help: 'a page down', run: () => browser.move('page-down') },
    { keys: ['page-up', 'ctrl-b'], help: 'a page up', run: () => browser.move('page-up') },
    { keys: ['home', 'g'], help: 'the newest', run: () => browser.move('first') },
    { keys: ['end', 'G'], help: 'the oldest', run: () => browser.move('last') },
    { keys: ['u'], hint: 'update', help: 'look again: new sessions, and those that were running', run: refresh },
    { keys: ['escape'], help: 'list all again', run: () => (typed === '' ? leave() : filter('')) },
    { keys: ['q'], hint: 'quit', help: 'leave', run: leave },
  ];
}
