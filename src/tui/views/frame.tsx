import { Box, useWindowSize } from 'ink';
import { type ReactNode, useState } from 'react';
import { useKeys } from '../hooks/use-keys.ts';
import { helpLines, hintLine } from '../model/help.ts';
import type { Binding } from '../model/keys.ts';
import { fitLine, lineWidth, type Line } from '../safe-text.ts';
import { Row, Rows } from './row.tsx';

/** Cells. */
export interface Area {
  readonly width: number;
  readonly height: number;
}

export interface FrameProps {
  /** The first row, on its left. */
  readonly title: Line;
  /** The first row, on its right: left out where there is no room. */
  readonly aside?: Line;
  /** What the last row says instead of the keys' hints. */
  readonly status?: Line | ((width: number) => Line) | null;
  readonly bindings: readonly Binding[];
  /** False while keys go elsewhere, to a field. */
  readonly active?: boolean;
  /** True where no key does harm: those that come in one piece were typed fast, and all count. */
  readonly hasty?: boolean;
  /** Draws what is between the first row and the last, on exactly that area. */
  readonly children: (area: Area) => ReactNode;
}

/** A whole screen: a title, what is in it, and the keys. `?` shows what all keys do. Every row is drawn, whatever the size. */
export function Frame({
  title,
  aside = [],
  status = null,
  bindings,
  active = true,
  hasty = false,
  children,
}: FrameProps): ReactNode {
  const { columns: width, rows } = useWindowSize();
  const [help, setHelp] = useState(false);
  useKeys([...bindings, { keys: ['?'], help: 'show this help', run: () => setHelp(true) }], active && !help, hasty);
  const height = Math.max(0, rows - 2);
  return (
    <Box flexDirection="column" width={width} height={rows} overflow="hidden">
      <Row line={titleLine(title, aside, width)} width={width} />
      {help ? (
        <Help bindings={bindings} area={{ width, height }} onClose={() => setHelp(false)} />
      ) : (
        <Box key="body" flexDirection="column" height={height} overflow="hidden">
          {children({ width, height })}
        </Box>
      )}
      {rows > 1 && (
        <Row
          line={typeof status === 'function' ? status(width) : (status ?? hintLine(bindings, width))}
          width={width}
        />
      )}
    </Box>
  );
}

function titleLine(title: Line, aside: Line, width: number): Line {
  const room = width - lineWidth(aside) - 1;
  return room < Math.min(lineWidth(title), width / 2)
    ? title
    : [...fitLine(title, room), { text: ' ', tone: 'plain' }, ...aside];
}

interface HelpProps {
  readonly bindings: readonly Binding[];
  readonly area: Area;
  readonly onClose: () => void;
}

function Help({ bindings, area: { width, height }, onClose }: HelpProps): ReactNode {
  const [top, setTop] = useState(0);
  const own: readonly Binding[] = [
    { keys: ['?', 'escape', 'q', 'enter'], help: 'close this help', run: onClose },
    { keys: ['up', 'k'], help: '', run: () => setTop(Math.max(0, top - 1)) },
    { keys: ['down', 'j'], help: '', run: () => setTop(Math.max(0, Math.min(top + 1, lines.length - height))) },
  ];
  const all = [...bindings, { keys: ['ctrl-c'], help: 'leave at once', run: onClose }, ...own.slice(0, 1)];
  const lines: readonly Line[] = [[], ...helpLines(all, width)];
  useKeys(own);
  return <Rows lines={lines.slice(Math.min(top, Math.max(0, lines.length - height)))} width={width} height={height} />;
}
