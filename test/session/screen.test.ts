import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/core/clock.ts';
import type { SessionEvent } from '../../src/core/recorder.ts';
import { openDetection } from '../../src/policy/mask/detect/detection.ts';
import { RecordedScreen } from '../../src/session/screen.ts';
import { TypedScreen } from '../../src/session/typed.ts';
import { parseConfig } from '../../src/config/load.ts';
import { minimal } from '../config/examples.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const LOOKING = [
  ...parseConfig(
    minimal({ policy: 'default: allow\n    mask: [{ detect: [aws-key, email], with: redact }]' }),
    'it',
  ).policies.values(),
];
const ID = 'AKIAIOSFODNN7EXAMPLE';

function open(policies = LOOKING) {
  const events: SessionEvent[] = [];
  const late: string[] = [];
  const masked: number[] = [];
  const screen = new RecordedScreen({
    connection: 1,
    statement: 7,
    stream: 'output',
    isTerminal: true,
    late: (bytes) => late.push(bytes.toString()),
    detection: openDetection([policies], () => ''),
    results: 'full',
    masked: (values) => masked.push(values),
    record: (event) => {
      events.push(event);
      return null;
    },
  });
  const recorded = (): string => events.map((event) => (event.type === 'terminal' ? event.text : '')).join('');
  return { screen, late, recorded, events, masked };
}

const typing = (screen: RecordedScreen): TypedScreen =>
  new TypedScreen({
    connection: 1,
    statement: 7,
    output: () => screen,
    detection: null,
    clock: systemClock,
    record: null,
  });

const say = (screen: RecordedScreen, text: string): string => screen.push(Buffer.from(text)).toString();

describe('the screen of a command', () => {
  it('shows and records prompts at once', () => {
    const { screen, recorded, events } = open();
    expect(say(screen, 'one\r\njack@web-1:~$ ')).toBe('one\r\njack@web-1:~$ ');
    expect(recorded()).toBe('one\r\njack@web-1:~$ ');
    expect(events).toEqual([{ type: 'terminal', connection: 1, statement: 7, stream: 'output', text: recorded() }]);
  });

  it('shows after a moment what could be the beginning of anything, and records it when it is known', () => {
    const { screen, late, recorded } = open();
    expect(say(screen, 'Name')).toBe('');
    vi.advanceTimersByTime(300);
    expect(late).toEqual(['Name']);
    expect(recorded()).toBe('');
    expect(say(screen, '? ')).toBe('? ');
    expect(recorded()).toBe('Name? ');
  });

  it('records nothing of a secret whose beginning was shown', () => {
    const { screen, late, recorded } = open();
    say(screen, 'ada');
    vi.advanceTimersByTime(300);
    expect(late).toEqual(['ada']);
    expect(say(screen, '@example.com\r\n')).not.toContain('example');
    expect(recorded()).toBe('[redacted]*****\r\n');
  });

  it('holds on to what is hardly anything but a secret', () => {
    const { screen, late, recorded } = open();
    say(screen, ID.slice(0, 12));
    vi.advanceTimersByTime(60_000);
    expect(late).toEqual([]);
    expect(say(screen, `${ID.slice(12)}\r\n`)).toBe('[redacted]**********\r\n');
    expect(recorded()).toBe('[redacted]**********\r\n');
  });

  it('shows at once what is typed, and has it masked in the record', () => {
    const { screen, recorded } = open();
    const typed = typing(screen);
    for (const letter of `x=${ID}`) {
      expect(typed.push(Buffer.from(letter))).toHaveLength(0);
      expect(say(screen, letter)).toBe(letter);
    }
    say(screen, '\r\n');
    expect(recorded()).toBe('x=[redacted]**********\r\n');
  });

  it('counts what it masks, once', () => {
    const { screen, masked } = open();
    say(screen, `one ${ID} and ada@exam`);
    say(screen, 'ple.com');
    say(screen, ' two\r\n');
    screen.end();
    expect(masked.reduce((sum, values) => sum + values, 0)).toBe(2);
  });

  it('has nothing of what is typed where there is no echo', () => {
    const { screen, recorded } = open();
    const typed = typing(screen);
    say(screen, 'Password: ');
    typed.push(Buffer.from('hunter2\r'));
    say(screen, '\r\nWelcome.\r\n');
    expect(recorded()).toBe('Password: \r\nWelcome.\r\n');
  });

  it('passes bytes as they are where nothing is looked for', () => {
    const { screen } = open([]);
    const bytes = Buffer.from([0xff, 0x1b, 0x5b, 0xc3]);
    expect(screen.push(bytes)).toEqual(bytes);
  });
});

describe('the screen of a terminal', () => {
  it('finds what a program breaks off where its rows end, once its size is known', () => {
    const { screen, recorded } = open();
    screen.resize(24, 5);
    const first = say(screen, `\u001b[2;1Hthe id AKIAIOSF\u001b[2;16H`);
    expect(first + say(screen, 'ODNN7EXAMPLE ok\r\n')).not.toContain('ODNN7');
    expect(recorded()).not.toContain('ODNN7');
  });
});

describe('what is typed on a terminal', () => {
  function openTyped() {
    const { screen } = open();
    const lines: string[] = [];
    const typed = new TypedScreen({
      connection: 1,
      statement: 7,
      output: () => screen,
      detection: openDetection([LOOKING], () => ''),
      clock: systemClock,
      record: (event) => {
        if (event.type === 'terminal') lines.push(event.text);
        return null;
      },
    });
    const type = (keys: string): void => {
      typed.push(Buffer.from(keys));
      screen.push(Buffer.from(keys.replaceAll('\r', '\r\n')));
    };
    return { type, lines };
  }

  it('is on record with its line, masked, as soon as that was echoed', () => {
    const { type, lines } = openTyped();
    for (const line of ['cd /srv/app\r', `export KEY=${ID}\r`, 'make\r']) type(line);
    expect(lines).toEqual(['cd /srv/app\r', 'export KEY=[redacted]\r', 'make\r']);
  });
});
