import { useWindowSize } from 'ink';
import { type ReactNode, useEffect, useSyncExternalStore } from 'react';
import { useTyping } from '../../hooks/use-typing.ts';
import { ScreenRows } from '../screen-rows.tsx';
import { drawn } from '../../model/approve/drawing.ts';
import type { InboxStore } from '../../model/approve/store.ts';

/** The inbox on the whole terminal. */
export function InboxScreen({ store }: { readonly store: InboxStore }): ReactNode {
  const { columns, rows } = useWindowSize();
  const state = useSyncExternalStore(store.subscribe, store.state);
  useEffect(() => store.resize({ columns, rows }), [store, columns, rows]);
  useTyping({
    typing: () => store.state().prompt !== null,
    onKey: (name, held) => store.key(name, held),
    onTyping: (typing) => store.type(typing),
    onPaste: () => store.paste(),
  });
  return <ScreenRows rows={drawn(state)} columns={columns} />;
}
