import { type ReactNode, useEffect } from 'react';
import type { Browser, BrowserState } from '../../model/sessions/browser.ts';
import { aboutLines, entryLine, headingLine } from '../../model/sessions/entry-line.ts';
import type { Line } from '../../safe-text.ts';
import type { Area } from '../frame.tsx';
import { List } from '../list.tsx';
import { Row, Rows } from '../row.tsx';

export interface SessionsBodyProps {
  readonly area: Area;
  readonly browser: Browser;
  readonly state: BrowserState;
}

/** Rows that tell more of the chosen session, under a line of their own. */
const ABOUT = 5;
/** Rows from which on there is room for them. */
const TALL = 14;

export function SessionsBody({ area: { width, height }, browser, state }: SessionsBodyProps): ReactNode {
  const about = height >= TALL ? ABOUT : 0;
  const heading = height > 2 ? 1 : 0;
  const rows = Math.max(0, height - heading - (about === 0 ? 0 : about + 1));
  useEffect(() => browser.setHeight(rows), [browser, rows]);
  if (state.total === 0) return <Rows lines={EMPTY} width={width} height={height} />;
  const { selected } = state.list;
  return (
    <>
      {heading > 0 && <Row line={headingLine(width)} width={width} />}
      <List
        list={{ ...state.list, height: rows }}
        width={width}
        line={(index) => entryLine(browser.entry(index), browser.id(index) ?? '', width)}
      />
      {about > 0 && <Row line={[{ text: '─'.repeat(width), tone: 'dim' }]} width={width} />}
      {about > 0 && <Rows lines={aboutLines(browser.entry(selected))} width={width} height={about} />}
    </>
  );
}

const EMPTY: readonly Line[] = [
  [],
  [{ text: ' No session is on record. `hoopctl connect TARGET` starts one.', tone: 'dim' }],
];
