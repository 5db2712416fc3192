import type { Detector } from '../detector.ts';
import { UPPER, ALPHANUMERIC, WORD, is, isDigit, type Text } from '../text.ts';

const SPACE = 0x20;

/** The IBAN registry (SWIFT): characters by country. */
const LENGTHS: ReadonlyMap<string, number> = new Map(
  Object.entries({
    AD: 24,
    AE: 23,
    AL: 28,
    AT: 20,
    AZ: 28,
    BA: 20,
    BE: 16,
    BG: 22,
    BH: 22,
    BI: 27,
    BR: 29,
    BY: 28,
    CH: 21,
    CR: 22,
    CY: 28,
    CZ: 24,
    DE: 22,
    DJ: 27,
    DK: 18,
    DO: 28,
    EE: 20,
    EG: 29,
    ES: 24,
    FI: 18,
    FK: 18,
    FO: 18,
    FR: 27,
    GB: 22,
    GE: 22,
    GI: 23,
    GL: 18,
    GR: 27,
    GT: 28,
    HN: 28,
    HR: 21,
    HU: 28,
    IE: 22,
    IL: 23,
    IQ: 23,
    IS: 26,
    IT: 27,
    JO: 30,
    KW: 30,
    KZ: 20,
    LB: 28,
    LC: 32,
    LI: 21,
    LT: 20,
    LU: 20,
    LV: 21,
    LY: 25,
    MC: 27,
    MD: 24,
    ME: 22,
    MK: 19,
    MN: 20,
    MR: 27,
    MT: 31,
    MU: 30,
    NI: 28,
    NL: 18,
    NO: 15,
    OM: 23,
    PK: 24,
    PL: 28,
    PS: 29,
    PT: 25,
    QA: 29,
    RO: 24,
    RS: 22,
    RU: 33,
    SA: 24,
    SC: 31,
    SD: 18,
    SE: 24,
    SI: 19,
    SK: 24,
    SM: 27,
    SO: 23,
    ST: 25,
    SV: 28,
    TL: 23,
    TN: 24,
    TR: 26,
    UA: 29,
    VA: 22,
    VG: 24,
    XK: 20,
    YE: 30,
  }),
);

/** An international bank account number: a country's length and the check digits of ISO 13616, with spaces or without. */
export const iban: Detector = {
  triggers: ['country'],
  find(text, at, report) {
    const start = at - 3;
    const length = LENGTHS.get(String.fromCharCode(text.at(start), text.at(start + 1)));
    if (length === undefined || !text.begins(start)) return;
    const end = endOf(text, start, length);
    if (end > 0 && !is(text.at(end), WORD) && remainder(text, start, end) === 1) report(start, end);
  },
};

/** Where so many characters end, single spaces not counted; 0 when there are fewer. */
function endOf(text: Text, start: number, length: number): number {
  let at = start;
  for (let count = 0; count < length; count++) {
    if (count > 0 && text.at(at) === SPACE) at++;
    if (!is(text.at(at), ALPHANUMERIC) || !(is(text.at(at), UPPER) || isDigit(text.at(at)))) return 0;
    at++;
  }
  return at;
}

/** Modulo 97, of the number that letters and digits make when the first four stand last. */
function remainder(text: Text, start: number, end: number): number {
  return addTo(addTo(0, text, start + 4, end), text, start, start + 4);
}

function addTo(before: number, text: Text, from: number, to: number): number {
  let rest = before;
  for (let at = from; at < to; at++) {
    const byte = text.at(at);
    if (isDigit(byte)) rest = (rest * 10 + byte - 0x30) % 97;
    else if (byte !== SPACE) rest = (rest * 100 + byte - 0x41 + 10) % 97;
  }
  return rest;
}
