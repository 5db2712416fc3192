import { useWindowSize } from 'ink';
import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import type { InboxStore } from '../../model/approve/store.ts';
import { InboxScreen } from '../approve/inbox-screen.tsx';
import { useTyping } from '../../hooks/use-typing.ts';
import { ScreenRows } from '../screen-rows.tsx';
import { liveDrawn } from '../../model/connect/live-drawing.ts';
import type { LiveStore } from '../../model/connect/store.ts';

export interface LiveScreenProps {
  readonly store: LiveStore;
  /** Null: nobody can be asked from here. */
  readonly inbox: InboxStore | null;
}

/** The live view on the whole terminal, or in its place the inbox. */
export function LiveScreen({ store, inbox }: LiveScreenProps): ReactNode {
  const state = useSyncExternalStore(store.subscribe, store.state);
  return inbox !== null && state.inbox ? <InboxScreen store={inbox} /> : <Statements store={store} />;
}

function Statements({ store }: { readonly store: LiveStore }): ReactNode {
  const { columns, rows } = useWindowSize();
  const state = useSyncExternalStore(store.subscribe, store.state);
  useEffect(() => store.resize({ columns, rows }), [store, columns, rows]);
  useTyping({
    typing: () => false,
    onKey: (name) => store.key(name),
    onTyping: () => undefined,
    onPaste: () => undefined,
  });
  return <ScreenRows rows={liveDrawn(state)} columns={columns} />;
}
