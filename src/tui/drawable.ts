/** The terminal a screen is drawn on. */
export interface ScreenStreams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** True where a screen can be drawn and somebody can type. Loads nothing: commands ask before they load the rest. */
export function canDraw({ stdin, stdout }: ScreenStreams, env: Readonly<NodeJS.ProcessEnv>): boolean {
  return stdin.isTTY === true && stdout.isTTY === true && env['TERM'] !== 'dumb';
}

/** How large a terminal is, in cells. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** How large the terminal is, in cells; as they were once made where it does not say. */
export function sizeOf(stdout: ScreenStreams['stdout']): Size {
  const side = (name: 'columns' | 'rows', otherwise: number): number => {
    const value: unknown = Reflect.get(stdout, name);
    return typeof value === 'number' && value > 0 ? value : otherwise;
  };
  return { columns: side('columns', 80), rows: side('rows', 24) };
}
