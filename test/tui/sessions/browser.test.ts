import { describe, expect, it } from 'vitest';
import type { Archive, SessionEntry } from '../../../src/tui/model/sessions/archive.ts';
import { Browser } from '../../../src/tui/model/sessions/browser.ts';
import { entryLine, headingLine } from '../../../src/tui/model/sessions/entry-line.ts';
import { filterOf, matches } from '../../../src/tui/model/sessions/filter.ts';
import { lineWidth, textOf } from '../../../src/tui/safe-text.ts';

function entryOf(index: number, change: Partial<SessionEntry> = {}): SessionEntry {
  return {
    id: `session${String(index).padStart(6, '0')}`,
    state: 'ended',
    started: '2026-01-01T09:00:00.000Z',
    ended: '2026-01-01T09:02:05.000Z',
    identity: {
      kind: 'person',
      subject: '1',
      issuer: 'os',
      display: index % 2 === 0 ? 'Ada' : 'Grace',
      email: null,
      service: null,
      groups: [],
      verified: false,
      actsFor: null,
    },
    target: {
      name: index % 3 === 0 ? 'pg-prod' : 'warehouse',
      protocol: 'postgres',
      address: 'db:5432',
      database: 'app',
      user: 'rw',
    },
    reason: null,
    totals: { statements: 3, refused: index % 5 === 0 ? 1 : 0, errors: 0 },
    bytes: 100,
    ...change,
  };
}

/** An archive of so many sessions; statements of every 100th hold `drop`. */
function archiveOf(count: number, looked: string[] = []): Archive {
  const entries = new Map(Array.from({ length: count }, (_, index) => [entryOf(index).id, entryOf(index)] as const));
  return {
    ids: () => Promise.resolve([...entries.keys()]),
    summarize: (id) => {
      looked.push(id);
      return Promise.resolve(entries.get(id) ?? null);
    },
    async *search(text) {
      for (const [index, id] of [...entries.keys()].entries()) if (text === 'drop' && index % 100 === 0) yield id;
    },
    open: () => Promise.reject(new Error('not in this test')),
  };
}

function shown(browser: Browser): number {
  return browser.state().list.count;
}

describe('a filter', () => {
  it.each([
    ['', 0, true],
    ['ada', 0, true],
    ['ada', 1, false],
    ['target:prod who:ada', 0, true],
    ['target:prod who:ada', 3, false],
    ['refused', 5, true],
    ['refused', 6, false],
    ['PG-PROD 2026-01', 3, true],
    ['target:"pg prod"', 3, false],
  ])('%j lets session %i through: %j', (typed, index, through) => {
    expect(matches(filterOf(typed), entryOf(index))).toBe(through);
  });

  it('finds an agent by whom it acts for', () => {
    const { identity } = entryOf(0);
    const agent = entryOf(1, {
      identity:
        identity === null ? null : { ...identity, display: 'bot', email: null, service: null, actsFor: identity },
    });
    expect(matches(filterOf('who:ada'), agent)).toBe(true);
  });

  it('takes what is half typed', () => {
    expect(filterOf('text:"drop ta').text).toBe('drop ta');
    expect(filterOf('target:')).toEqual(
      filterOf('').target === null ? expect.objectContaining({ target: null }) : null,
    );
  });
});

describe('the list of sessions', () => {
  it('lists thousands, and narrows to what is looked for', async () => {
    const browser = new Browser(archiveOf(5000));
    browser.setHeight(10);
    await browser.refresh();
    expect(shown(browser)).toBe(5000);
    await browser.filter('target:prod refused');
    expect(shown(browser)).toBe(334);
    await browser.filter('text:drop');
    expect(shown(browser)).toBe(50);
    await browser.filter('text:drop who:grace');
    expect(shown(browser)).toBe(0);
    await browser.filter('');
    expect(shown(browser)).toBe(5000);
  });

  it('keeps to the chosen session while others come and go', async () => {
    const browser = new Browser(archiveOf(100));
    browser.setHeight(10);
    await browser.refresh();
    for (let step = 0; step < 20; step += 1) browser.move('down');
    const chosen = browser.id(browser.state().list.selected);
    expect(chosen).toBe('session000020');
    await browser.filter('refused');
    expect(browser.id(browser.state().list.selected)).toBe(chosen);
  });

  it('looks at what it has seen once more only where it may have changed', async () => {
    const looked: string[] = [];
    const browser = new Browser(archiveOf(60, looked));
    await browser.refresh();
    await browser.refresh();
    expect(looked).toHaveLength(60);
  });
});

describe('a session as a row', () => {
  it('is as wide as the terminal, whatever that is and whatever its record says', () => {
    const hostile = '\u001b]0;owned\u0007\u202e'.repeat(50);
    const { target, identity } = entryOf(0);
    const odd = entryOf(0, {
      reason: hostile,
      target: target === null ? null : { ...target, name: hostile },
      identity: identity === null ? null : { ...identity, display: hostile },
    });
    for (let width = 20; width < 200; width += 1) {
      expect(lineWidth(entryLine(odd, odd.id, width))).toBeLessThanOrEqual(width);
      expect(lineWidth(headingLine(width))).toBeLessThanOrEqual(width);
      expect(textOf(entryLine(odd, odd.id, width))).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    }
  });

  it('names the target first of all, and all there is where there is room', () => {
    expect(textOf(headingLine(20))).toContain('TARGET');
    expect(textOf(headingLine(80)).trimEnd().split(/ +/).slice(1)).toEqual([
      'STARTED',
      'TARGET',
      'WHO',
      'STATE',
      'STMTS',
      'REFUSED',
    ]);
    expect(textOf(entryLine(entryOf(0), '', 140))).toContain('2m 5s');
  });
});
