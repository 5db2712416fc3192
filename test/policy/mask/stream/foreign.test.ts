import xterm from '@xterm/headless';
import { describe, expect, it } from 'vitest';
import { StreamMask } from '../../../../src/policy/mask/stream/stream-mask.ts';
import { StreamSearch } from '../../../../src/policy/mask/stream/search.ts';

const ID = 'AKIAIOSFODNN7EXAMPLE';
const [HEAD, TAIL] = [ID.slice(0, 8), ID.slice(8)];
const ESC = '\u001b';

function shown(slices: readonly string[], isScreen = true): string {
  const search = new StreamSearch([{ detector: 'aws-key', method: 'redact' }], (method) => method);
  const mask = new StreamMask(search, isScreen);
  if (isScreen) mask.size = { columns: 40, rows: 10 };
  const parts = slices.map((slice) => mask.push(Buffer.from(slice, 'latin1')).shown);
  return Buffer.concat([...parts, mask.end().shown]).toString('utf8');
}

const latin = (text: string): string => Buffer.from(text).toString('latin1');
/** What stands on a screen, and in its title. */
async function seen(text: string): Promise<string> {
  const terminal = new xterm.Terminal({ cols: 40, rows: 10, allowProposedApi: true });
  let title = '';
  terminal.onTitleChange((said) => (title = said));
  await new Promise<void>((resolve) => terminal.write(text, resolve));
  const { active } = terminal.buffer;
  const lines = Array.from({ length: 10 }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
  terminal.dispose();
  return `${lines.join('')}\n${title}`;
}

const bytewise = (text: string): string => shown(Array.from(latin(text)));

describe('of what terminals differ over, a screen is not told', () => {
  it.each([
    ['letters that an erasure spares', '[1"q', '[1"%~'],
    ['rectangles that are copied', '[5;9;5;20;1;7;9;1$v', '[5;9;5;20;1;7;9;1$%~'],
    ['rectangles of letters', '[65;5;1;5;1$x', '[65;5;1;5;1$%~'],
    ['rectangles that are erased', '[5;9;5;20$z', '[5;9;5;20$%~'],
    ['macros that are run', '[1*z', '[1*%~'],
    ['a line of its own for states', '[1$}', '[1$%~'],
    ['a level of a terminal', '[61"p', '[61"%~'],
    ['steps back into the row before', '[?45h', '[?45%~'],
    ['and is told the modes beside it', '[?25;45;7h', `[?25;45;7%~${ESC}[?25;7h`],
    ['132 columns, which clear a screen', '[?3l', '[?3%~'],
    ['VT52', '[?2l', '[?2%~'],
    ['modes that are taken back', '[?7r', '[?7%~'],
    ['another size', '[8;50;132t', '[8;50;132%~'],
    ['printing instead of showing', '[5i', '[5%~'],
    ['directions of letters', '[2 S', '[2 %~'],
    ['tabs that are set otherwise', '[5W', '[5%~'],
    ['steps back that few know', '[3j', '[3%~'],
    ['numbers within numbers', '[5:1;3H', '[5:1;3%~'],
    ['what is too long', `[${'0'.repeat(70)}1!p`, `[${'0'.repeat(70)}1!%~`],
    ['a letter once more behind none', '[3;3H\u001b[5b', '[3;3H\u001b[5%~'],
    ['letters beyond ASCII in a sequence', '[5\u00e9', '[5%~'],
    ['the same behind ESC', '\u00e9', '\\'],
    ['letters that ISO guards', 'V', '\\'],
    ['a memory that is locked', 'l', '\\'],
    ['steps that move columns', '6', '\\'],
    ['lines of double height', '#3', '#5'],
    ['another encoding', '%@', '%G'],
    ['sets of several bytes', '$B', '$~'],
    ['an unclean other screen', '[?47h', `[?47h${ESC}[2J`],
    ['whether a string goes on', `Pa${ESC}[31mb`, `Pa${ESC}\\${ESC}[31mb`],
  ])('%s', (_, said, heard) => {
    const [text, expected] = [`x${ESC}${said}y`, `x${ESC}${heard}y`];
    expect(shown([latin(text)])).toBe(expected);
    expect(bytewise(text)).toBe(expected);
    // Where nobody knows of one, not a byte is changed.
    expect(shown([latin(text)], false)).toBe(text);
  });

  it.each([
    ['C1 controls', `\u009b5C${HEAD}\u0085`, `5C${HEAD}`],
    ['letters from right to left', `a\u202eb\u202dc`, 'abc'],
  ])('%s', (_, text, expected) => {
    expect(bytewise(text)).toBe(expected);
    expect(shown([latin(text)], false)).toBe(text);
  });

  it.each([
    ['that an erasure spares', `${ESC}[5;1H${ESC}[1"q${HEAD}${ESC}[0"q${ESC}[?2J${ESC}[5;9H${TAIL}`],
    ['beside a C1 control that some take for letters', `${HEAD}\u009b8D${ESC}[9G${TAIL}`],
    ['behind what only some take for a title', `${HEAD}${ESC}k${TAIL}${ESC}\\ ok`],
    ['on what another screen was before', `${ESC}[?47h${HEAD}${ESC}[?47l${ESC}[?47h${ESC}[1;9H${TAIL}`],
    ['behind a letter once more', `${HEAD}O${ESC}[1;8H${ESC}[1b${ESC}[1;9H${TAIL}`],
  ])('and an id %s is not seen', async (_, text) => {
    for (const all of [shown([latin(text)]), bytewise(latin(text))]) expect(await seen(all)).not.toContain(ID);
  });
});

describe('a screen is told as it was said', () => {
  it.each([
    '[38:2:1:2:3m',
    '[>4;1m',
    '[?u',
    '[>1u',
    '[<u',
    '[6n',
    '[?6n',
    '[c',
    '[>c',
    '[>q',
    '[2 q',
    '[?2026$p',
    '[22;0;0t',
    '[14t',
    '[?1000;1006h',
    '[?2004l',
    '[?25l',
    '[?12;25h',
    '[?1;47;1049l',
    '[?45l',
    '[?1001s',
    '[?1001r',
    '[?1;1;0S',
    '[!p',
    '[3J',
    '[?7h',
    '[i',
    '[4i',
    '[#{',
    '[32;1;1;5;5$x',
    '[1;2;3;4;1$r',
    '[4l',
    '=',
    '>',
    '(0',
    ')B',
    '*A',
    '-A',
    'N',
    'O',
    'Z',
    ' F',
    '#8',
    '%G',
    'Ptmux;\u001b\u001b]52;c;YQ==\u0007\u001b\\',
    'P$q"p\u001b\\',
    ']8;;http://x/\u001b\\',
    ']133;A\u0007',
    '_Gi=1;\u001b\\',
  ])('%j', (said) => {
    const text = `x${ESC}${said}`;
    expect(shown([text])).toBe(text);
    expect(bytewise(text)).toBe(text);
  });
});

describe('with margins at the sides, an id', () => {
  it.each([
    ['beside which others scroll', `${ESC}[?69h${ESC}[9;30s${ESC}[10;1H${HEAD}${ESC}[10;12H\n${ESC}[10;9H${TAIL}`],
    ['that is put beside one', `${ESC}[?69h${ESC}[9;30s${ESC}[4;1H${HEAD}${ESC}[4;12H\r${TAIL}`],
  ])('%s is masked', (_, text) => {
    for (const all of [shown([text]), bytewise(text)]) expect(all).not.toContain(TAIL.slice(0, 4));
  });
});
