import { describe, expect, it, onTestFinished } from 'vitest';
import type { Clock } from '../../../src/core/clock.ts';
import type { Inbox } from '../../../src/core/inbox.ts';
import { type LiveView, openLive } from '../../../src/tui/live.tsx';
import { FakeInbox } from '../approve/fake-inbox.ts';
import { request, START } from '../approve/samples.ts';
import { Stage } from '../stage.ts';
import { door, ran, refused } from './live-samples.ts';

interface Opened extends LiveView {
  readonly stage: Stage;
  readonly wait: () => void;
  readonly controller: AbortController;
}

function opened(inbox: Inbox | null = null): Opened {
  const stage = new Stage();
  let now = START;
  const clock: Clock = { now: () => now, monotonic: () => now * 1000 };
  const controller = new AbortController();
  const { stdin, stdout } = stage;
  // Of a stream, these are what Ink uses.
  const streams = { stdin, stdout: stdout as unknown as NodeJS.WriteStream };
  const view = openLive({ inbox, profile: null, clock, env: {}, signal: controller.signal, ...streams });
  onTestFinished(async () => {
    controller.abort();
    await view.ended;
  });
  return { ...view, stage, controller, wait: () => void (now += 500) };
}

describe('the live view on a terminal', () => {
  it('shows what is pushed, and ends with a yes to closing the doors', async () => {
    const { stage, feed, ended } = opened();
    feed.push(door());
    feed.push(refused());
    await stage.until((text) => text.includes('pg-prod is open') && text.includes('REFUSED'));
    await stage.type('q');
    await stage.until((text) => text.includes('Close the door'));
    await stage.type('y');
    expect(await ended).toBe(true);
    await stage.until(() => !stage.alternate);
  });

  it('ends with Ctrl-C at once, and with the signal', async () => {
    const interrupted = opened();
    interrupted.feed.push(door());
    await interrupted.stage.until((text) => text.includes('pg-prod'));
    await interrupted.stage.type('\u0003');
    expect(await interrupted.ended).toBe(false);
    const signalled = opened();
    await signalled.stage.until((text) => text.includes('Nothing has come through'));
    signalled.controller.abort();
    expect(await signalled.ended).toBe(false);
    signalled.feed.push(ran());
  });

  it('draws ten frames a second at most, however much comes', async () => {
    const { stage, feed } = opened();
    feed.push(door());
    await stage.until((text) => text.includes('pg-prod is open'));
    const before = stage.stdout.sent.length;
    for (let index = 0; index < 20_000; index += 1) feed.push(ran({ text: `select ${index}` }));
    await stage.until((text) => text.includes('20,000 let through'));
    expect(stage.stdout.sent.length - before).toBeLessThan(20_000);
  });

  it('says how a door for SSH is used, and nothing of the kind of others', async () => {
    const { stage, feed } = opened();
    feed.push(door());
    await stage.until((text) => text.includes('pg-prod is open'));
    expect(stage.stdout.sent).not.toContain('use it with');
    const variables = [{ name: 'HOOPCTL_SSH_CONFIG', value: '/run/hoopctl/1/config', secret: false }];
    const other = opened();
    other.feed.push(door({ target: 'web-1', protocol: 'ssh', variables }));
    await other.stage.until((text) => text.includes('use it with ssh -F "$HOOPCTL_SSH_CONFIG" web-1'));
  });

  it('answers requests in its place, with the same questions', async () => {
    const inbox = new FakeInbox([request('a')]);
    const { stage, feed, wait } = opened(inbox);
    feed.push(door());
    await stage.until((text) => text.includes('1 request waits: i'));
    await stage.type('i');
    await stage.until((text) => text.includes('[Requests 1]'));
    wait();
    await stage.type('\r');
    await stage.until((text) => text.includes('WHAT WILL HAPPEN'));
    await stage.type('a');
    await stage.until((text) => text.includes('Approve this?'));
    wait();
    await stage.type('y');
    await stage.until((text) => text.includes('Approve, with') || text.includes('a: approved'));
    wait();
    await stage.type('y');
    await stage.until((text) => text.includes('a: approved'));
    expect(inbox.replies).toMatchObject([{ request: 'a', verdict: 'approve' }]);
    await stage.type('q');
    await stage.until((text) => text.includes('hoopctl connect'));
  });
});
