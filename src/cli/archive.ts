import { searchSessions } from '../record/search.ts';
import { openSessionSource } from '../record/source.ts';
import { sessionIds, summarize } from '../record/store.ts';
import type { Archive } from '../tui/sessions.tsx';
import { recordingOf } from './recording.ts';

/** The records of a state directory, for the screen that lists them. */
export function archiveOf(state: string): Archive {
  return {
    ids: () => sessionIds(state),
    summarize: (id) => summarize(state, id),
    search: (text) => sessionsWith(state, text),
    open: async (id) => {
      const source = await openSessionSource(state, id);
      try {
        return { recording: await recordingOf(source), close: () => source.close() };
      } catch (error) {
        await source.close();
        throw error;
      }
    },
  };
}

/** A record that is damaged is listed as well, where it could not be searched to its end: what it hides may match. */
async function* sessionsWith(state: string, text: string): AsyncGenerator<string> {
  for await (const { session } of searchSessions(state, { text })) yield session;
}
