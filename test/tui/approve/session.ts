import type { InboxEvent } from '../../../src/core/inbox.ts';
import { drawn } from '../../../src/tui/model/approve/drawing.ts';
import { folded, resized } from '../../../src/tui/model/approve/fold.ts';
import { intentOf } from '../../../src/tui/model/approve/keymap.ts';
import { pressed } from '../../../src/tui/model/approve/press.ts';
import { typed } from '../../../src/tui/model/approve/prompt.ts';
import { witnessed } from '../../../src/tui/model/approve/witness.ts';
import { type Command, initialState, type State } from '../../../src/tui/model/approve/state.ts';
import { textOf } from '../../../src/tui/safe-text.ts';
import { START } from './samples.ts';

/** The inbox's state under a clock that runs when a test says so. */
export class Session {
  state: State;
  now = START;
  readonly commands: Command[] = [];

  constructor(columns = 80, rows = 24, profile: string | null = null) {
    this.state = initialState({ columns, rows }, this.now, profile);
  }

  /** Lets time pass: half a second, unless it is said otherwise. */
  wait(milliseconds = 500): this {
    this.now += milliseconds;
    return this;
  }

  tell(...events: readonly InboxEvent[]): this {
    this.state = witnessed(folded(this.state, events, this.now));
    return this;
  }

  /** Keys, with half a second after each, as somebody presses them who looks. */
  press(...names: readonly string[]): this {
    for (const name of names) this.hit(name).wait();
    return this;
  }

  /** Keys at once, as nobody presses them. */
  hit(...names: readonly string[]): this {
    for (const name of names) {
      const intent = intentOf(this.state, name);
      if (intent !== null) this.take(pressed(this.state, intent, this.now));
    }
    return this;
  }

  write(text: string): this {
    this.take(typed(this.state, { type: 'text', text }, this.now));
    this.take(typed(this.state, { type: 'submit' }, this.now));
    return this.wait();
  }

  leave(): this {
    this.take(typed(this.state, { type: 'leave' }, this.now));
    return this.wait();
  }

  resize(columns: number, rows: number): this {
    this.state = witnessed(resized(this.state, { columns, rows }));
    return this;
  }

  take({ state, commands }: { readonly state: State; readonly commands: readonly Command[] }): void {
    this.state = witnessed(state);
    this.commands.push(...commands);
  }

  /** What is on the screen, row by row. */
  rows(): readonly string[] {
    return drawn(this.state).map((row) => row.map(({ line }) => textOf(line)).join(''));
  }

  text(): string {
    return this.rows().join('\n');
  }
}
