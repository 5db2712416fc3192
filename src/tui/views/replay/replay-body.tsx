import { Box } from 'ink';
import { type ReactNode, type RefObject, useEffect, useMemo } from 'react';
import { BORDER, replayLayout } from '../../model/replay/layout.ts';
import { type Page, pageOf } from '../../model/replay/page.ts';
import type { Player, PlayerState } from '../../model/replay/player.ts';
import { stepLine } from '../../model/replay/step-line.ts';
import { timelineLine } from '../../model/replay/timeline-line.ts';
import { type ScrollArea, type ScrollState, within } from '../../model/scroll.ts';
import { type Line, sliceLine } from '../../safe-text.ts';
import type { Area } from '../frame.tsx';
import { Row, Rows } from '../row.tsx';
import { ruleLine } from './labels.ts';

export interface ReplayBodyProps {
  readonly area: Area;
  readonly player: Player;
  readonly state: PlayerState;
  readonly run: (action: Promise<void>) => void;
  readonly zoomed: boolean;
  /** Values at full length. */
  readonly wide: boolean;
  readonly inDetail: boolean;
  readonly scroll: ScrollState;
  /** Told what there is to scroll, for the keys. */
  readonly scrolled: RefObject<ScrollArea>;
}

/** What is between a replay's title and its keys. */
export function ReplayBody(props: ReplayBodyProps): ReactNode {
  const { area, player, state, run, zoomed, inDetail } = props;
  const layout = replayLayout(area.width, area.height, zoomed);
  const { list, detail } = layout;
  useEffect(() => {
    if (list.height > 0) run(player.setHeight(list.height));
  }, [player, list.height]);
  const page = usePage(state, detail.width, props.wide);
  const window = { rows: page.rows, columns: page.columns, height: detail.height, width: detail.width };
  const at = within(props.scroll, window);
  useEffect(() => {
    props.scrolled.current = window;
  });
  const { extent } = player.script.recording;
  const steps = <Steps state={state} width={list.width} height={list.height} focused={!inDetail} />;
  const holds = (
    <Box flexDirection="column" width={detail.width}>
      {layout.rule && <Row line={ruleLine(state, inDetail, placeOf(at, window), detail.width)} width={detail.width} />}
      <Rows lines={seen(page, at, window)} width={detail.width} height={detail.height} />
    </Box>
  );
  return (
    <>
      {layout.wide ? (
        <Box flexDirection="row" height={list.height}>
          <Box flexDirection="column" width={list.width}>
            {steps}
          </Box>
          <Box flexDirection="column" width={BORDER}>
            <Rows lines={Array.from({ length: list.height }, () => LINE)} width={BORDER} height={list.height} />
          </Box>
          {holds}
        </Box>
      ) : (
        <>
          {steps}
          {holds}
        </>
      )}
      {layout.timeline && (
        <Row line={timelineLine(player.script.timeline, state, extent.offsetMicros, area.width)} width={area.width} />
      )}
    </>
  );
}

const LINE: Line = [{ text: '│', tone: 'dim' }];

interface StepsProps {
  readonly state: PlayerState;
  readonly width: number;
  readonly height: number;
  readonly focused: boolean;
}

function Steps({ state, width, height, focused }: StepsProps): ReactNode {
  const first = Math.max(0, Math.min(state.chosen, state.rows.length - height));
  return Array.from({ length: height }, (_, index) => {
    const row = state.rows[first + index];
    const chosen = first + index === state.chosen;
    const line = row === undefined ? [] : stepLine(row, width);
    return <Row key={index} line={line} width={width} chosen={row !== undefined && chosen} faint={!focused} />;
  });
}

/** The chosen step's page; laid out anew only when it is another. */
function usePage(state: PlayerState, width: number, wide: boolean): Page {
  const { detail, whole, headMicros } = state;
  const ends = detail?.parts.at(-1)?.offsetMicros ?? 0;
  const untilMicros = whole || ends <= headMicros ? null : headMicros;
  return useMemo(
    () => (detail === null || width <= 0 ? EMPTY : pageOf(detail, { width, untilMicros, wide })),
    [detail, width, untilMicros, wide],
  );
}

const EMPTY: Page = { rows: 0, columns: 0, line: () => [] };

function seen(page: Page, { top, left }: ScrollState, { height, width }: ScrollArea): readonly Line[] {
  return Array.from({ length: Math.max(0, Math.min(height, page.rows - top)) }, (_, index) => {
    const line = page.line(top + index);
    return page.columns > width ? sliceLine(line, left, width) : line;
  });
}

/** `12–30 of 400`, `→ 40`: where in what is too large to be seen whole. */
function placeOf({ top, left }: ScrollState, { rows, columns, height, width }: ScrollArea): string {
  const down = rows > height ? `${top + 1}–${Math.min(rows, top + height)} of ${rows}` : '';
  const right = columns > width ? `${left > 0 ? '←' : ''}${left + width < columns ? '→' : ''}` : '';
  return [down, right].filter((part) => part !== '').join(' ');
}
