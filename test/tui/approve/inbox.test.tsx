import { describe, expect, it } from 'vitest';
import { HoopError } from '../../../src/core/errors.ts';
import { openedInbox } from './opened.ts';
import { grant, PREVIEW, request } from './samples.ts';

const ENTER = '\r';

describe('the inbox on a terminal', () => {
  it('approves with two keys, and shows what became of it', async () => {
    const { stage, inbox, clock } = openedInbox([request('a')]);
    await stage.until((text) => text.includes('EVERY ROW'));
    clock.wait();
    await stage.type(ENTER);
    await stage.until((text) => text.includes('WHAT WILL HAPPEN'));
    await stage.type('G');
    await stage.type('a');
    await stage.until((text) => text.includes('Approve this?'));
    clock.wait();
    await stage.type('y');
    await stage.until((text) => text.includes('a: approved'));
    expect(inbox.replies).toMatchObject([{ request: 'a', verdict: 'approve', digest: 'd'.repeat(64) }]);
  });

  it('takes no paste for keys: neither one that says so nor one that does not', async () => {
    const { stage, inbox, clock } = openedInbox([request('a')]);
    await stage.until((text) => text.includes('EVERY ROW'));
    clock.wait();
    await stage.type('\u001b[200~a\ry\ry\u001b[201~');
    await stage.until((text) => text.includes('pasted text answers nothing'));
    clock.wait();
    await stage.type('ayyy');
    clock.wait();
    await stage.type('a');
    await stage.until((text) => text.includes('Approve this?'));
    clock.wait();
    await stage.type('\u001b[200~y\u001b[201~');
    await stage.type('y\ry');
    clock.wait();
    await stage.type('yyy');
    clock.wait();
    await stage.until((text) => text.includes('pasted text'));
    expect(inbox.replies).toEqual([]);
    expect(stage.text()).toContain('Approve this?');
  });

  it('pastes into a reason, and sends it only with Enter', async () => {
    const { stage, inbox, clock } = openedInbox([request('a')]);
    await stage.until((text) => text.includes('EVERY ROW'));
    clock.wait();
    await stage.type('d');
    await stage.until((text) => text.includes('Deny, because'));
    await stage.type('\u001b[200~not\r\nnow\u001b[201~');
    await stage.until((text) => text.includes('not now'));
    expect(inbox.replies).toEqual([]);
    await stage.type(ENTER);
    await stage.until((text) => text.includes('denied'));
    expect(inbox.replies).toMatchObject([{ verdict: 'deny', reason: 'not now' }]);
  });

  it('shows requests as they come, and what became of them', async () => {
    const { stage, inbox } = openedInbox([]);
    await stage.until((text) => text.includes('Nothing waits for an answer.'));
    inbox.push({ type: 'request', request: request('a') });
    await stage.until((text) => text.includes('[Requests 1]'));
    inbox.push({ type: 'request', request: request('a', { preview: PREVIEW }) });
    await stage.until((text) => text.includes('23 rows'));
    inbox.push({ type: 'settled', request: 'a', outcome: 'disconnected' });
    await stage.until((text) => text.includes('[Requests 0]') && text.includes('gone'));
  });

  it('takes grants back', async () => {
    const { stage, inbox, clock } = openedInbox([], { grants: [grant('g1')] });
    await stage.until((text) => text.includes('Grants 1'));
    clock.wait();
    await stage.type('\t');
    await stage.until((text) => text.includes('STATEMENT'));
    await stage.type('x');
    await stage.until((text) => text.includes('Revoke'));
    await stage.type(ENTER);
    await stage.until((text) => text.includes('Grants 0'));
    expect(inbox.revoked).toEqual([['g1', null]]);
  });

  it('says how to log in when nobody is who could answer, and the request waits on', async () => {
    const { stage, inbox, clock } = openedInbox([request('a')]);
    inbox.answer = () =>
      Promise.reject(new HoopError('identity.login', 'nobody is logged in', { hint: 'hoopctl login' }));
    await stage.until((text) => text.includes('EVERY ROW'));
    clock.wait();
    await stage.type('d');
    await stage.type('no');
    await stage.until((text) => text.includes('because: no'));
    await stage.type(ENTER);
    await stage.until((text) => text.includes('a: nobody is logged in: hoopctl login'));
    await stage.until((text) => text.includes('Requests 1'));
  });

  it('says when an answer may not have arrived, and when the inbox is gone', async () => {
    const { stage, inbox, clock } = openedInbox([request('a')]);
    inbox.answer = () => Promise.reject(new HoopError('wire.closed', 'the session is gone'));
    await stage.until((text) => text.includes('EVERY ROW'));
    clock.wait();
    await stage.type('d');
    await stage.type('no');
    await stage.until((text) => text.includes('because: no'));
    await stage.type(ENTER);
    await stage.until((text) => text.includes('whether it arrived is not known: the session is gone'));
    inbox.fail(new HoopError('wire.closed', 'the session is gone'));
    await stage.until((text) => text.includes('no longer connected'));
  });

  it('follows the size of its window, down to one that shows next to nothing', async () => {
    const { stage } = openedInbox([request('a', { preview: PREVIEW })]);
    await stage.until((text) => text.includes('EVERY ROW'));
    stage.resize(140, 45);
    await stage.until((text) => text.includes('WHAT WILL HAPPEN'));
    stage.resize(20, 5);
    await stage.until((text) => !text.includes('WHAT WILL HAPPEN'));
    stage.resize(2, 1);
    stage.resize(80, 24);
    await stage.until((text) => text.includes('WAITS'));
    expect(stage.deeds).toEqual([]);
  });

  it('has no colours where there shall be none', async () => {
    const { stage } = openedInbox([request('a')], { env: { NO_COLOR: '1' } });
    await stage.until((text) => text.includes('EVERY ROW'));
    expect(stage.stdout.sent).not.toMatch(/\u001b\[[0-9;]*(?:3[0-7]|4[0-7]|9[0-7]|38|48)[0-9;]*m/);
  });

  it('is left with q, and with Ctrl-C as with the signal', async () => {
    const left = openedInbox([]);
    await left.stage.until((text) => text.includes('Nothing waits'));
    await left.stage.type('q');
    expect(await left.left).toBe(true);
    const interrupted = openedInbox([]);
    await interrupted.stage.until((text) => text.includes('Nothing waits'));
    await interrupted.stage.type('\u0003');
    expect(await interrupted.left).toBe(false);
    await interrupted.stage.until(() => !interrupted.stage.alternate);
  });
});
