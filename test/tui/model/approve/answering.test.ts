import { describe, expect, it } from 'vitest';
import type { InboxEvent } from '../../../../src/core/inbox.ts';
import type { ApprovalRequest } from '../../../../src/core/request.ts';
import { answered, cutOff } from '../../../../src/tui/model/approve/fold.ts';
import { pasted } from '../../../../src/tui/model/approve/press.ts';
import { DRY_RUN, grant, PREVIEW, PURGE, READ, request, TERMS } from '../../approve/samples.ts';
import { Session } from '../../approve/session.ts';

const LONG = Array.from({ length: 200 }, (_, index) => `-- line ${index}`).join('\n');

function come(...requests: readonly ApprovalRequest[]): readonly InboxEvent[] {
  return requests.map((one) => ({ type: 'request', request: one }));
}

function waiting(...requests: readonly ApprovalRequest[]): Session {
  return new Session().tell(...come(...requests)).wait();
}

const settled = (id: string): InboxEvent => ({ type: 'settled', request: id, outcome: 'cancelled' });

describe('approving', () => {
  it('takes a key that asks and a key that confirms; what is confirmed names who, where and what', () => {
    const session = waiting(request('a')).press('enter', 'a');
    expect(session.text()).toContain('Approve this?');
    expect(session.text()).toContain('agent-7 for Alice Adler asks pg-prod');
    expect(session.text()).toContain('delete table EVERY ROW of app.customers');
    expect(session.commands).toEqual([]);
    session.press('y');
    expect(session.commands).toMatchObject([{ type: 'reply', reply: { request: 'a', verdict: 'approve' } }]);
  });

  it('is told which rule asks, as records name it, and in which words', () => {
    const text = new Session(100, 60)
      .tell(...come(request('a')))
      .wait()
      .press('enter')
      .text();
    expect(text).toContain('(production, ask 1)');
    expect(text).toContain('Its words: writes are looked at by a second person');
  });

  it.each(['enter', 'space', 'a', 'escape', 'n', 'q', 'Y', 'tab', 'down', 'd', '/'])(
    'is not confirmed with %s',
    (key) => {
      expect(waiting(request('a')).press('enter', 'a', key).commands).toEqual([]);
    },
  );

  it('is not confirmed by a key that was held down or typed ahead', () => {
    const session = waiting(request('a')).press('enter').hit('a', 'y', 'y');
    expect(session.commands).toEqual([]);
    expect(session.text()).toContain('that was quick');
  });

  it('asks once more when the text has not been on the screen to its end', () => {
    const session = waiting(request('a', { text: LONG })).press('enter', 'a', 'y');
    expect(session.commands).toEqual([]);
    expect(session.text()).toMatch(/Approve, with [\d,]+ characters of it unread\?/);
    expect(session.press('y').commands).toHaveLength(1);
  });

  it('counts what a name stands for as text', () => {
    const prepared = [{ name: 'purge', texts: [`${LONG}\ndelete from app.customers`] }];
    const session = waiting(request('a', { text: 'execute purge', prepared })).press('enter', 'a', 'y');
    expect(session.commands).toEqual([]);
    const pages = Array.from({ length: 20 }, () => 'space');
    const read = waiting(request('a', { text: 'execute purge', prepared })).press('enter', ...pages);
    expect(read.text()).toContain('delete from app.customers');
    expect(read.press('a', 'y').commands).toHaveLength(1);
  });

  it('does not ask again once all of it has been on the screen', () => {
    const pages = Array.from({ length: 20 }, () => 'space');
    expect(waiting(request('a', { text: LONG })).press('enter', ...pages, 'a', 'y').commands).toHaveLength(1);
  });

  it('does not take a jump to the end for reading', () => {
    const session = waiting(request('a', { text: LONG })).press('enter', 'G', 'a', 'y');
    expect(session.commands).toEqual([]);
  });

  it('shows a short text below its question, which is reading it', () => {
    const session = waiting(request('a')).press('a');
    expect(session.text()).toMatch(/Approve this\?[^]*STATEMENT[^]*DELETE FROM app\.customers/);
    expect(session.press('y').commands).toHaveLength(1);
  });

  it('shows the beginning of a long text below its question, which is not', () => {
    const session = waiting(request('a', { text: LONG })).press('a');
    expect(session.text()).toMatch(/▼ \d+ more lines: Esc, then Enter/);
    expect(session.press('y').commands).toEqual([]);
  });

  it('forgets what was read of a request that is told with another digest', () => {
    const session = waiting(request('a')).press('enter', 'a');
    session
      .tell(...come(request('a', { digest: 'b'.repeat(64), text: LONG })))
      .wait()
      .press('y', 'y');
    expect(session.commands).toEqual([]);
    expect(session.text()).toContain('unread?');
  });

  it('counts parameters as part of what is read', () => {
    const session = waiting(request('a', { text: 'select $1', parameters: ['x\n'.repeat(100)] }));
    expect(session.press('enter', 'a', 'y').commands).toEqual([]);
  });

  it('says how often, how long, why, and that only what the trial did may happen', () => {
    const session = waiting(request('a', { preview: PREVIEW })).press('enter', 'space', 'space', 'space', 'a', 'u');
    session.write('5 times, 30 minutes').press('e', 'r').write('agreed in the stand-up').press('y');
    expect(session.commands).toMatchObject([
      { reply: { uses: 5, lasts: 1_800_000, effect: PREVIEW.dryRun?.effect, reason: 'agreed in the stand-up' } },
    ]);
  });

  it('says as which login to answer elsewhere, where one was named', () => {
    const asked = request('k7fd2qmx', { terms: [{ ...TERMS, stepUp: true }] });
    const session = new Session(80, 24, 'bob')
      .tell(...come(asked))
      .wait()
      .press('a');
    expect(session.text().replaceAll(/\s+/g, ' ')).toContain('hoopctl approve k7fd2qmx --profile bob');
  });

  it('takes a fresh login elsewhere where a rule wants one, and says with which command', () => {
    const id = 'k7fd2qmx';
    const session = waiting(request(id, { terms: [{ ...TERMS, stepUp: true }], preview: PREVIEW })).press('a');
    expect(session.text()).toContain(`It takes a fresh login; in another terminal: hoopctl approve ${id}`);
    session.press('u').write('5 30m').press('r').write("it's agreed").press('y');
    expect(session.text().replaceAll(/\s+/g, ' ')).toContain(
      `hoopctl approve ${id} --uses 5 --for 30m --reason 'it'\\''s agreed'`,
    );
    expect(session.text()).toContain('run what is written above');
    expect([session.commands, session.state.confirmation?.draft.uses]).toEqual([[], 5]);
    session.press('e');
    expect(session.text()).toContain('--effect');
  });

  it('needs no fresh login to override, nor to deny', () => {
    const terms = [{ ...TERMS, stepUp: true, breakGlass: 'self' as const }];
    const session = waiting(request('a', { terms })).press('a', 'b', 'r').write('it burns');
    expect(session.text()).not.toContain('fresh login;');
    expect(session.press('y').commands).toMatchObject([{ reply: { breakGlass: true } }]);
    const other = waiting(request('b', { terms })).press('d').write('no');
    expect(other.commands).toMatchObject([{ reply: { verdict: 'deny' } }]);
  });

  it('keeps a bound open that cannot be read, and says why', () => {
    const session = waiting(request('a')).press('enter', 'a', 'u').write('often');
    expect(session.text()).toContain('say how often and how long');
    expect(session.state.prompt).not.toBeNull();
  });

  it('overrides in an emergency only where that is offered, and only with a reason', () => {
    expect(waiting(request('a')).press('enter', 'a', 'b', 'y').commands).toMatchObject([
      { reply: { breakGlass: false } },
    ]);
    const offered = request('a', {
      terms: [{ ...TERMS, breakGlass: { groups: ['oncall'], subjects: [], emails: [], count: 1 } }],
    });
    const session = waiting(offered).press('enter', 'a', 'b', 'y');
    expect(session.commands).toEqual([]);
    expect(session.text()).toContain('an emergency override needs a reason');
    session.press('r').write('the shop is down').press('y');
    expect(session.commands).toMatchObject([{ reply: { breakGlass: true, reason: 'the shop is down' } }]);
  });

  it('is refused in a window that does not show the whole question', () => {
    const session = waiting(request('a')).resize(20, 5).press('enter', 'a', 'y');
    expect(session.commands).toEqual([]);
    expect(session.resize(80, 24).press('y', 'y').commands).toHaveLength(1);
  });

  it('works in a window of 40 by 12', () => {
    const session = waiting(request('a', { preview: PREVIEW, effects: [PURGE, READ] })).resize(40, 12);
    session.press('enter', ...Array.from({ length: 12 }, () => 'space'), 'a', 'y');
    expect(session.commands).toHaveLength(1);
  });

  it('answers nothing twice while an answer is on its way', () => {
    const session = waiting(request('a')).press('enter', 'a', 'y', 'a', 'y', 'd');
    expect(session.commands).toHaveLength(1);
    expect(session.text()).toContain('your answer is on its way');
  });
});

describe('denying', () => {
  it('takes a reason, which whoever asked reads', () => {
    const session = waiting(request('a')).press('d').write('');
    expect(session.commands).toEqual([]);
    expect(session.text()).toContain('say why');
    session.write('not on a Friday');
    expect(session.commands).toMatchObject([{ reply: { verdict: 'deny', reason: 'not on a Friday' } }]);
  });

  it('is given up with Esc', () => {
    const session = waiting(request('a')).press('d').leave();
    expect(session.state.prompt).toBeNull();
    expect(session.commands).toEqual([]);
  });
});

describe('what happens meanwhile', () => {
  it('a request that is over while its question is open says so, and cannot be approved', () => {
    const session = waiting(request('a')).press('enter', 'a').tell(settled('a')).wait();
    expect(session.text()).toContain('It is over: cancelled by its client');
    expect(session.press('y', 'y').commands).toEqual([]);
  });

  it('a request that is over while its detail is open says so, and cannot be answered', () => {
    const session = waiting(request('a')).press('enter').tell(settled('a')).wait();
    expect(session.text()).toContain('over: cancelled by its client');
    expect(session.press('a', 'y', 'd').commands).toEqual([]);
    expect(session.text()).toContain('it is over');
  });

  it('a request that is over while its denial is typed is not denied', () => {
    const session = waiting(request('a')).press('d').tell(settled('a'));
    expect(session.text()).toContain('it is over: cancelled by its client');
    expect(session.write('no').commands).toEqual([]);
  });

  it('what is known of its effect while the question is open has to be looked at first', () => {
    const session = waiting(request('a'))
      .press('enter', 'a')
      .tell(...come(request('a', { preview: PREVIEW })));
    expect(session.text()).toContain('look again');
    expect(session.text()).toContain('on trial: 3 rows, 23 in all (3 tables)');
    expect(session.hit('y', 'y').commands).toEqual([]);
    expect(session.wait().press('y').commands).toEqual([]);
    expect(session.text()).toContain('Approve this?');
    expect(session.press('y').commands).toHaveLength(1);
  });

  it('the effect of an older trial is not bound after a newer one', () => {
    const session = waiting(request('a', { preview: PREVIEW })).press('enter', 'space', 'space', 'a', 'e');
    const dryRun = PREVIEW.dryRun === null ? null : { ...PREVIEW.dryRun, rows: 9, effect: 'f'.repeat(64) };
    session
      .tell(...come(request('a', { preview: { ...PREVIEW, dryRun } })))
      .wait()
      .press('y', 'y');
    expect(session.commands).toMatchObject([{ reply: { effect: null } }]);
  });

  it('the same told again changes nothing', () => {
    const session = waiting(request('a'))
      .press('enter', 'a')
      .tell(...come(request('a')));
    expect(session.press('y').commands).toHaveLength(1);
  });

  it('a key right after the first request has come answers nothing', () => {
    const session = new Session().wait();
    session
      .tell(...come(request('a')))
      .wait(50)
      .hit('a');
    expect(session.state.confirmation).toBeNull();
    expect(session.wait(300).hit('a').state.confirmation).not.toBeNull();
  });

  it('a clock that is set back does not lock the keys', () => {
    const session = waiting(request('a')).tell(...come(request('a', { preview: PREVIEW })));
    session.now -= 3_600_000;
    expect(session.hit('a').state.confirmation).not.toBeNull();
  });

  it('pasted text answers nothing, and neither does the key behind it', () => {
    const session = waiting(request('a')).press('enter', 'a');
    session.state = pasted(session.state, session.now);
    expect(session.hit('y').commands).toEqual([]);
    expect(session.wait().press('y').commands).toHaveLength(1);
  });

  it('nothing can be answered once the inbox is gone', () => {
    const session = waiting(request('a')).press('enter', 'a');
    session.state = cutOff(session.state, 'the session has ended');
    expect(session.press('y', 'a', 'y', 'd').commands).toEqual([]);
    expect(session.text()).toContain('no longer connected');
  });

  it.each([
    [{ accepted: true, outcome: 'approved', missing: null } as const, 'a: approved'],
    [{ accepted: true, outcome: null, missing: 'one more of dba must answer' } as const, 'one more of dba must answer'],
    [{ accepted: false, reason: 'whoever asks cannot approve' } as const, 'whoever asks cannot approve'],
  ])('what became of an answer is said: %j', (receipt, words) => {
    const session = waiting(request('a')).press('enter', 'a', 'y');
    const [command] = session.commands;
    if (command?.type !== 'reply') throw new Error('nothing was replied');
    session.state = answered(session.state, { reply: command.reply, receipt }, session.now);
    expect(session.text()).toContain(words);
    expect(session.state.busy.size).toBe(0);
  });
});

describe('an effect that was approved', () => {
  it.each([true, false])('says where its undo script is, when there is one: %s', (undoable) => {
    const preview = { ...PREVIEW, dryRun: { ...DRY_RUN, undoable } };
    const session = waiting(request('a', { preview })).press('enter', 'a', 'e', 'y');
    const [command] = session.commands;
    if (command?.type !== 'reply') throw new Error('nothing was replied');
    expect(command.reply.effect).toBe(DRY_RUN.effect);
    const receipt = { accepted: true, outcome: 'approved', missing: null } as const;
    session.state = answered(session.state, { reply: command.reply, receipt }, session.now);
    expect(session.text().includes('undo/a.sql')).toBe(undoable);
  });
});

describe('grants', () => {
  it('are taken back, with or without a reason', () => {
    const session = new Session().tell({ type: 'grant', grant: grant('g1') }).press('tab');
    expect(session.text()).toContain('1/5');
    session.press('x').write('it is done');
    expect(session.commands).toEqual([{ type: 'revoke', grant: 'g1', reason: 'it is done' }]);
    session.press('x').write('');
    expect(session.commands.at(-1)).toEqual({ type: 'revoke', grant: 'g1', reason: null });
  });

  it('are not approved with the keys of requests', () => {
    const session = waiting(request('a'))
      .tell({ type: 'grant', grant: grant('g1') })
      .press('tab', 'a', 'y', 'd');
    expect(session.commands).toEqual([]);
    expect(session.state.prompt).toBeNull();
  });
});
