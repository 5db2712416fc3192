/** How a replay's screen is divided, in cells. */
export interface ReplayLayout {
  /** Side by side, instead of one above the other. */
  readonly wide: boolean;
  readonly list: { readonly width: number; readonly height: number };
  readonly detail: { readonly width: number; readonly height: number };
  /** A line between the two. */
  readonly rule: boolean;
  readonly timeline: boolean;
}

/** From here on there is room for both side by side. */
const WIDE = 120;
/** Cells between the two: a line, and room. */
export const BORDER = 2;
const NOTHING = { width: 0, height: 0 };

/** Whatever the size, what is laid out fills it exactly: list, line, what a step holds, timeline. */
export function replayLayout(width: number, height: number, zoomed: boolean): ReplayLayout {
  const timeline = height >= 3;
  const rest = height - (timeline ? 1 : 0);
  const whole = { width, height: rest };
  if (zoomed)
    return { wide: false, list: NOTHING, detail: { width, height: Math.max(0, rest - 1) }, rule: rest > 0, timeline };
  if (rest < 6) return { wide: false, list: whole, detail: NOTHING, rule: false, timeline };
  if (width >= WIDE) {
    const list = Math.floor(width * 0.48);
    return {
      wide: true,
      list: { width: list, height: rest },
      detail: { width: width - list - BORDER, height: rest - 1 },
      rule: true,
      timeline,
    };
  }
  const list = Math.max(2, Math.floor(rest * 0.36));
  return {
    wide: false,
    list: { width, height: list },
    detail: { width, height: rest - list - 1 },
    rule: true,
    timeline,
  };
}
