/** The terminal a screen is drawn on. */
export interface ScreenStreams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** True where a screen can be drawn and somebody can type. Loads nothing: commands ask before they load the rest. */
export function canDraw({ stdin, stdout }: ScreenStreams, env: Readonly<NodeJS.ProcessEnv>): boolean {
  return stdin.isTTY === true && stdout.isTTY === true && env['TERM'] !== 'dumb';
}
