import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LiveEvent } from '../../../../src/tui/model/connect/feed.ts';
import { endOf, liveDrawn, pageOf } from '../../../../src/tui/model/connect/live-drawing.ts';
import { liveIntentOf } from '../../../../src/tui/model/connect/live-keys.ts';
import { initialLive, livePressed, type LiveState } from '../../../../src/tui/model/connect/state.ts';
import { Tally } from '../../../../src/tui/model/connect/tally.ts';
import { textOf } from '../../../../src/tui/safe-text.ts';
import { text } from '../../approve/hostile.ts';
import { ALICE, READ, START } from '../../approve/samples.ts';
import { door, ran, refused, REFUSAL, SECRET } from '../../connect/live-samples.ts';

/** The live view's state, driven without a terminal. */
class Live {
  state: LiveState;
  left = false;
  readonly #tally = new Tally();

  constructor(columns = 80, rows = 24, asks = false) {
    this.state = initialLive({ columns, rows }, START, asks);
  }

  tell(...events: readonly LiveEvent[]): this {
    for (const event of events) this.#tally.add(event, this.state.now);
    this.state = { ...this.state, known: this.#tally.snapshot() };
    return this;
  }

  press(...keys: readonly string[]): this {
    for (const key of keys) {
      const intent = liveIntentOf(this.state, key);
      if (intent === null) continue;
      const step = livePressed(this.state, intent, pageOf(this.state.size), endOf(this.state));
      this.state = step.state;
      this.left ||= step.leave;
    }
    return this;
  }

  rows(): readonly string[] {
    return liveDrawn(this.state).map((row) => row.map(({ line }) => textOf(line)).join(''));
  }

  text(): string {
    return this.rows().join('\n');
  }
}

describe('the live view', () => {
  it('says where the door is, how to use it, for whom it is open and how long', () => {
    const shown = new Live().tell(door()).text();
    expect(shown).toContain('pg-prod is open at 127.0.0.1:49211  postgres  30:00 left  session 01jdkzsession');
    expect(shown).toContain('as Alice Adler (not verified), because: ticket 4711');
    expect(shown).toContain('export PGHOST=127.0.0.1');
  });

  it('shows the secret for half a minute when it is asked for, and hides it again', () => {
    const live = new Live().tell(door());
    expect(live.text()).not.toContain(SECRET);
    expect(live.press('s').text()).toContain(`export PGPASSWORD=${SECRET}`);
    live.state = { ...live.state, now: live.state.now + 31_000 };
    expect(live.text()).not.toContain(SECRET);
    expect(live.press('s', 's').text()).not.toContain(SECRET);
  });

  it('shows every door, and the variables of the one that is chosen', () => {
    const other = door({ target: 'pg-stage', variables: [{ name: 'PGPORT', value: '5', secret: false }] });
    const live = new Live().tell(door(), other);
    expect(live.text()).toContain('▸ pg-prod is open');
    expect(live.text()).toContain('pg-stage is open');
    expect(live.text()).not.toContain('PGPORT=5');
    expect(live.press('tab').text()).toContain('export PGPORT=5');
  });

  it('lists statements as they come: what they do, what is masked, and why one was refused', () => {
    const shown = new Live(120, 24)
      .tell(door(), ran({ masked: 2 }), refused(), { type: 'masked', values: 1234 })
      .text();
    expect(shown).toMatch(/1 ok +select app\.orders +2 columns masked select \* from app\.orders/);
    expect(shown).toMatch(/1 REFUSED delete EVERY ROW of app\.customers +deletes without a condition are refused/);
    expect(shown).toContain('1 let through · 1 refused · 1,234 values masked · 1 connection ');
  });

  it('follows what comes, and stays at what is chosen', () => {
    const many = Array.from({ length: 100 }, (_, index) => ran({ text: `select ${index}` }));
    const live = new Live().tell(door(), ...many);
    expect(live.text()).toContain('select 99');
    live.press('up', 'up');
    const at = live.state.cursor;
    live.tell(...many);
    expect(live.state.cursor).toBe(at);
    expect(live.text()).toContain('select 97');
    expect(live.text()).toContain('paused');
    expect(live.press('G').state.cursor).toBeNull();
  });

  it('stays at the nearest that is left when what was chosen is forgotten', () => {
    const live = new Live().tell(...Array.from({ length: 10 }, () => ran())).press('g');
    expect(live.state.cursor).toBe(1);
    live.tell(...Array.from({ length: 2000 }, () => ran()));
    expect(live.press('enter').state.open?.number).toBe(1011);
  });

  it('shows only what was refused, and a statement whole with what was decided', () => {
    const live = new Live().tell(door(), ran(), refused(), ran()).press('f');
    expect(live.text()).not.toContain('select * from app.orders');
    live.press('enter');
    for (const words of [
      REFUSAL.message,
      REFUSAL.detail,
      REFUSAL.hint,
      'by production deny[0]',
      'DELETE FROM',
      '─ the end',
    ]) {
      expect(live.text().toLowerCase()).toContain(words.toLowerCase());
    }
    expect(live.press('escape').text()).toContain('REFUSED');
  });

  it('scrolls a statement that is open no further than to its end', () => {
    const live = new Live().tell(ran({ text: 'select 1;\n'.repeat(200) })).press('enter', 'space');
    expect(live.state.scroll).toBe(20);
    expect(live.text()).toContain('more lines');
    expect(live.press('G').text()).toContain('─ the end');
    expect(live.press('down').state.scroll).toBe(endOf(live.state));
    expect(live.press('g').state.scroll).toBe(0);
  });

  it('closes the doors only after a yes', () => {
    expect(new Live().press('q').left).toBe(false);
    expect(new Live().press('q').text()).toContain('y yes');
    for (const key of ['escape', 'n', 'enter', 'space', 'x']) expect(new Live().press('q', key, 'y').left).toBe(false);
    expect(new Live().press('q', 'y').left).toBe(true);
    expect(new Live().press('y').left).toBe(false);
  });

  it('says what the keys do, and offers requests only where they can be answered', () => {
    expect(new Live().press('?').text()).toContain('show the secret for half a minute');
    expect(new Live().press('i').state.inbox).toBe(false);
    expect(new Live(80, 24, true).press('i').state.inbox).toBe(true);
  });

  it('draws every row at any size, whatever is in a statement, a name or a warning', () => {
    const sizes = fc.constantFrom(
      [80, 24] as const,
      [140, 45] as const,
      [40, 12] as const,
      [20, 5] as const,
      [1, 1] as const,
    );
    const keys = fc.array(fc.constantFrom('up', 'g', 'G', 'enter', 'escape', 'f', 's', 'tab', '?', 'q', 'space'));
    fc.assert(
      fc.property(text, text, sizes, keys, (one, other, [columns, rows], pressed) => {
        const identity = { ...ALICE, display: one };
        const variables = [{ name: one, value: other, secret: false }];
        const live = new Live(columns, rows, true).tell(
          door({ target: one, address: other, identity, reason: other, variables, session: one, protocol: other }),
          door(),
          ran({ text: one, target: other, effects: [{ ...READ, name: one, schema: other, via: [other] }], rule: one }),
          refused({ refusal: { ...REFUSAL, message: one, detail: other, hint: one } }),
          { type: 'warning', message: other },
        );
        const screen = liveDrawn(live.press(...pressed).state);
        expect(screen).toHaveLength(rows);
        for (const row of screen) {
          expect(row.reduce((sum, { width }) => sum + width, 0)).toBe(columns);
          for (const { line } of row) {
            for (const span of line)
              expect(span.text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
