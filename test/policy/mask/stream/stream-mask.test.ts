import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMark } from '../../../../src/core/width.ts';
import { StreamMask } from '../../../../src/policy/mask/stream/stream-mask.ts';
import { StreamSearch } from '../../../../src/policy/mask/stream/search.ts';

const ID = 'AKIAIOSFODNN7EXAMPLE';
const CARD = '4111 1111 1111 1111';
const TOKEN = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P';
const BODY = 'MIIEowIBAAKCAQEAx3vZ8s0kq1mJ2dQ4yW7uT9rLb6nC5eF8gH1iK0oP3aSjDlZx'.slice(0, 64);
const KEY = `-----BEGIN RSA PRIVATE KEY-----\r\n${`${BODY}\r\n`.repeat(4)}Ab3=\r\n-----END RSA PRIVATE KEY-----`;
const ALL = [
  'aws-key',
  'credit-card',
  'jwt',
  'private-key',
  'email',
  'iban',
  'phone',
  'ssn',
  'github-token',
  'high-entropy',
];
const OWN = String.raw`/staff-\d{4}[a-z]?/`;

function open(keepsWidth = true, names: readonly string[] = [...ALL, OWN]): StreamMask {
  const looking = names.map((detector) => ({ detector, method: 'redact' as const }));
  return new StreamMask(new StreamSearch(looking, (method) => method), keepsWidth);
}

/** What is shown of these slices. */
function shown(slices: readonly (string | Buffer)[], mask = open()): string {
  const parts = slices.map((slice) => mask.push(Buffer.from(slice)).shown);
  return Buffer.concat([...parts, mask.end().shown]).toString('utf8');
}

/** Each byte for itself. */
function bytewise(text: string, mask = open()): string {
  return shown(
    [...Buffer.from(text)].map((byte) => Buffer.of(byte)),
    mask,
  );
}

const hidden = (cells: number): string => `[redacted]${'*'.repeat(cells - 10)}`;

describe('a stream', () => {
  it.each([
    ['an id', `id ${ID} end`, `id ${hidden(20)} end`],
    ['an id at the end', `id ${ID}`, `id ${hidden(20)}`],
    ['a card in groups', `card ${CARD}.`, `card ${hidden(19)}.`],
    ['an address', 'to ada@example.com, now', `to ${hidden(15)}, now`],
    ['a token', `Bearer ${TOKEN}\r\n$ `, `Bearer ${hidden(TOKEN.length)}\r\n$ `],
    ['an own pattern', 'is staff-1234 here', 'is [redacted] here'.replace('[redacted]', hidden(10))],
    ['colours within', `\u001b[1mAKIA\u001b[0mIOSFODNN7EXAMPLE ok`, `\u001b[1m[red\u001b[0macted]********** ok`],
    ['NULs within', `A\0KIAIOSFODNN7EXAMPLE ok`, `[\0redacted]********** ok`],
    ['bold as on paper', `A\bAKIAIOSFODNN7EXAMPLE ok`, `[\b[redacted]********** ok`],
    ['underlined as on paper', `_\bAKIAIOSFODNN7EXAMPLE ok`, `[\b[redacted]********** ok`],
    ['a letter taken back', `AKIAX\bIOSFODNN7EXAMPLE ok`, `[redX\bacted]********** ok`],
    ['a title within', `AKIA\u001b]0;x y\u0007IOSFODNN7EXAMPLE ok`, `[red\u001b]0;x y\u0007acted]********** ok`],
    ['a return and on', `AKIA\r\u001b[4CIOSFODNN7EXAMPLE ok`, `[red\r\u001b[4Cacted]********** ok`],
    ['a space of no width within', `AKIA\u200bIOSFODNN7EXAMPLE ok`, `[red\u200bacted]********** ok`],
    ['a mark within', `AKIA\u0301IOSFODNN7EXAMPLE ok`, `****\u0301**************** ok`],
    ['a mark that is not drawn', `AKIA\u034fIOSFODNN7EXAMPLE ok`, `****\u034f**************** ok`],
    [
      'marks within groups',
      '4111\u034f 1111\u{e0101} 1111\u180b 1111 ok',
      '****\u034f*****\u{e0101}*****\u180b***** ok',
    ],
    ['tags within', 'AKIA\u{e0041}IOSFODNN7EXAMPLE ok', '****\u{e0041}**************** ok'],
    ['a soft hyphen within', `AKIA\u00adIOSFODNN7EXAMPLE ok`, `****\u00ad**************** ok`],
    ['C1 controls', `AKIA\u009b0mIOSFODNN7EXAMPLE ok`, `[red\u009b0macted]********** ok`],
  ])('with %s is masked, whole and byte by byte', (_, text, expected) => {
    expect(shown([text])).toBe(expected);
    expect(bytewise(text)).toBe(expected);
  });

  it('has the lines of a private key hidden, and what comes behind it shown', () => {
    const text = `$ cat key\r\n${KEY}\r\n$ `;
    const expected = shown([text]);
    expect(expected).toMatch(/^\$ cat key\r\n\[redacted\]\*+\r\n(?:\*+\r\n)+\*+\r\n\$ $/);
    expect(expected.length).toBe(text.length);
    expect(bytewise(text)).toBe(expected);
  });

  it('shows what follows a private key that was cut off', () => {
    const text = `${KEY.slice(0, 120)}\r\njack@web:~$ ls ${ID}\r\nplain\r\n`;
    expect(shown([text])).toMatch(/\*\r\njack@web:~\$ ls \[redacted\]\*{10}\r\nplain\r\n$/);
    expect(bytewise(text)).toBe(shown([text]));
  });

  it('of a command without a terminal has findings replaced as in rows', () => {
    expect(shown([`id ${ID} end\n`], open(false))).toBe('id [redacted] end\n');
    expect(bytewise(`id A\u001b[1mKIA${ID.slice(4)} end\n`, open(false))).toBe('id [redacted]\u001b[1m end\n');
  });

  const letters = fc.oneof(
    fc.constantFrom(
      ID,
      CARD,
      TOKEN,
      KEY,
      'ada@example.com',
      'DE89 3704 0044 0532 0130 00',
      '555-123-4567',
      'staff-1234',
    ),
    fc.constantFrom(' ', '\r\n', '\n', ': ', '/', '\u001b[31m', '\u001b[2;5H', '\0', '\t'),
    fc.constantFrom(
      'AKIA',
      'IOSFODNN7EXAMPLE',
      '4111',
      ' 1111',
      'eyJ',
      '-----BEGIN ',
      'x',
      'ä',
      '€',
      '12',
      '@',
      '.',
      '-',
    ),
  );
  const cuts = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 40 });
  const slicesOf = (text: string, sizes: readonly number[]): readonly Buffer[] => {
    const bytes = Buffer.from(text);
    const slices: Buffer[] = [];
    for (let at = 0, cut = 0; at < bytes.length; cut++) {
      const size = sizes[cut % sizes.length] ?? 1;
      slices.push(bytes.subarray(at, at + size));
      at += size;
    }
    return slices;
  };

  it('is the same however it is cut', () => {
    fc.assert(
      fc.property(fc.array(letters, { maxLength: 30 }), cuts, fc.boolean(), (pieces, sizes, wide) => {
        const text = pieces.join('');
        expect(shown(slicesOf(text, sizes), open(wide))).toBe(shown([text], open(wide)));
      }),
      { numRuns: 1000 },
    );
  });

  it('in which lines are written over shows nothing of a finding, however it is cut', () => {
    const others = letters.filter((piece) => piece !== ID && piece !== 'IOSFODNN7EXAMPLE');
    const moves = fc.constantFrom('\r', '\b', '\b\b', '\u001b[K', '\u001b[4C', '\u001b[3D', '\u001b[7G');
    fc.assert(
      fc.property(fc.array(fc.oneof(others, moves), { maxLength: 20 }), cuts, fc.boolean(), (pieces, sizes, wide) => {
        const text = `${pieces.join('')}\r\n${ID}\r\n`;
        for (const slices of [[text], slicesOf(text, sizes)]) {
          const all = shown(slices, open(wide));
          expect(all).not.toContain(ID);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('that holds nothing passes byte for byte, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (array, cut) => {
        const bytes = Buffer.from(array);
        const mask = open(true, ['aws-key']);
        const parts = [mask.push(bytes.subarray(0, cut)), mask.push(bytes.subarray(cut)), mask.end()];
        expect(Buffer.concat(parts.map((part) => part.shown)).equals(bytes)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('what waits', () => {
  it.each([
    '$ ',
    'jack@web-1:~$ ',
    'Password: ',
    '[sudo] password for jack: ',
    'Continue? [y/N] ',
    '>>> ',
    '\u001b[32m➜\u001b[0m ',
  ])('is nothing of the prompt %j', (prompt) => {
    expect(
      open()
        .push(Buffer.from(`done\r\n${prompt}`))
        .shown.toString(),
    ).toBe(`done\r\n${prompt}`);
  });

  it('is nothing of what somebody has typed', () => {
    const mask = open();
    for (const letter of 'ls -la /srv/data') {
      mask.typed(Buffer.from(letter));
      expect(mask.push(Buffer.from(letter)).shown.toString()).toBe(letter);
    }
  });

  it('is masked in the record where an echo was shown at once', () => {
    const mask = open();
    const recorded: Buffer[] = [];
    for (const letter of `echo ${ID}`) {
      mask.typed(Buffer.from(letter));
      const passed = mask.push(Buffer.from(letter));
      expect(passed.shown.toString()).toBe(letter);
      recorded.push(passed.recorded);
    }
    const { shown: rest, recorded: last } = mask.push(Buffer.from('\r\n'));
    expect(rest.toString()).toBe('\r\n');
    expect(Buffer.concat([...recorded, last]).toString()).toBe(`echo ${hidden(20)}\r\n`);
  });

  it('of a secret is never shown, however long nothing follows', () => {
    for (const secret of [ID, TOKEN, KEY, 'ada@example.com']) {
      const mask = open();
      const all: Buffer[] = [];
      for (const byte of Buffer.from(secret)) {
        all.push(mask.push(Buffer.of(byte)).shown);
        if (mask.waiting === 'on') all.push(mask.late().shown);
      }
      all.push(mask.push(Buffer.from('\r\n')).shown);
      expect(Buffer.concat(all).toString()).toMatch(/^\[redacted\][*\r\n]*\r\n$/);
    }
  });

  it('could be anything is shown when nothing follows', () => {
    const mask = open();
    expect(mask.push(Buffer.from('Name')).shown.toString()).toBe('');
    expect(mask.waiting).toBe('briefly');
    expect(mask.late().shown.toString()).toBe('Name');
    expect(mask.waiting).toBe('nothing');
  });

  it('is bounded, and masked where it is more', () => {
    const mask = open();
    const parts: Buffer[] = [];
    for (let index = 0; index < 200; index++)
      parts.push(mask.push(Buffer.from(index === 0 ? `${TOKEN}A` : 'a'.repeat(1000))).shown);
    parts.push(mask.push(Buffer.from(' ok')).shown, mask.end().shown);
    const text = Buffer.concat(parts).toString();
    expect(text.slice(0, 12)).toBe('[redacted]**');
    expect(text.replaceAll('*', '')).toBe('[redacted] ok');
  });
});

describe('what is not drawn', () => {
  it('hides nothing, whatever it is', () => {
    // One of each kind: those that begin with the same two bytes.
    const kinds = new Map<string, string>();
    for (let code = 0x80; code < 0x110000; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const character = String.fromCodePoint(code);
      if (isMark(character)) kinds.set(Buffer.from(character).toString('latin1', 0, 2), character);
    }
    const seen = [...kinds.values()].filter((character) =>
      shown([`AKIA${character}IOSFODNN7EXAMPLE ok`]).includes('EXAMPLE'),
    );
    expect([kinds.size > 60, seen]).toEqual([true, []]);
  });

  it('hides nothing where it came in two pieces', () => {
    const [one, other] = [
      Buffer.from('AKIA\u034f').subarray(0, 5),
      Buffer.from('\u034fIOSFODNN7EXAMPLE ok').subarray(1),
    ];
    expect(shown([one, other])).not.toContain('EXAMPLE');
  });
});
