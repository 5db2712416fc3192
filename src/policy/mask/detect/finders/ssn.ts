import type { Detector } from '../detector.ts';
import { WORD, is, isDigit } from '../text.ts';

const DASH = 0x2d;
const DOT = 0x2e;
const LENGTH = 11;

/** A social security number of the United States: `ddd-dd-dddd`, without areas, groups and serials that are never given. */
export const ssn: Detector = {
  triggers: ['groups'],
  find(text, at, report) {
    const start = at + 1 - LENGTH;
    const end = at + 1;
    if (text.at(start + 3) !== DASH || text.at(start + 6) !== DASH) return;
    for (let place = start; place < end; place++) {
      if (place !== start + 3 && place !== start + 6 && !isDigit(text.at(place))) return;
    }
    const before = text.at(start - 1);
    if (!text.begins(start) || before === DASH || before === DOT) return;
    if (is(text.at(end), WORD) || (text.at(end) === DASH && is(text.at(end + 1), WORD))) return;
    const neverGiven =
      text.reads(start, '000') ||
      text.reads(start, '666') ||
      text.reads(start, '9') ||
      text.reads(start + 4, '00') ||
      text.reads(start + 7, '0000');
    if (!neverGiven) report(start, end);
  },
};
