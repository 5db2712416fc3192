import { describe, expect, it } from 'vitest';
import type { Reply } from '../../../src/core/conversation.ts';
import type { Refusal } from '../../../src/core/decision.ts';
import { HoopError } from '../../../src/core/errors.ts';
import type { Call, Ending } from '../../../src/local/mcp/call.ts';
import { failureAnswer, outcomeOf, underWay } from '../../../src/local/mcp/outcome.ts';

const call = (with_: Partial<Call> = {}): Call =>
  ({ requests: [], withdrawn: false, waitsFor: null, ...with_ }) as Call;
const remark = { sqlstate: '42501', message: 'no', detail: null, hint: null, position: null };
const reply = (with_: Partial<Reply> = {}): Reply => ({
  tables: [],
  notices: [],
  moreTables: 0,
  moreNotices: 0,
  error: null,
  open: false,
  ...with_,
});
const refused = (cause: Refusal['cause']): Ending => ({
  reply: reply({ error: remark }),
  refusal: { message: 'no', detail: '', hint: '', cause },
});

describe('the outcome of a statement', () => {
  it.each([
    ['denied', 'policy'],
    ['unintelligible', 'policy'],
    ['rejected', 'person'],
    ['expired', 'nobody approved it'],
  ] as const)('that was refused as %s is a denial, and says to stop', (cause, reason) => {
    const { isError, content } = outcomeOf(call(), refused(cause));
    expect({ isError, ...content }).toMatchObject({ isError: true, status: 'denied', denied: true, reason });
    expect(content['hint']).toBe('This is policy, not a fault: do not retry variants.');
  });

  it.each(['ended', 'syntax', 'unrecorded', 'cancelled', 'unconfirmed'] as const)(
    'that was refused as %s is a fault',
    (cause) => {
      expect(outcomeOf(call(), refused(cause)).content).toMatchObject({ status: 'failed', denied: false });
    },
  );

  it('that the server itself refuses is a fault, whatever its SQLSTATE', () => {
    const ending = { reply: reply({ error: remark }), refusal: null };
    expect(outcomeOf(call(), ending)).toMatchObject({ isError: true, content: { status: 'failed', denied: false } });
  });

  it.each(['08006', '57P01'])('that nobody knows after %s is not told as something to send again', (sqlstate) => {
    const error = { ...remark, sqlstate, hint: 'Connect again.' };
    const { content } = outcomeOf(call(), { reply: reply({ error }), refusal: null });
    expect(content).toMatchObject({
      status: 'failed',
      hint: expect.stringContaining('whether it was done is not known'),
    });
    const silent = outcomeOf(call(), { failure: new HoopError('wire.closed', 'the connection was closed') });
    expect(silent.content['hint']).toBe(content['hint']);
  });

  it('that was taken back is told so, unless it was done all the same', () => {
    const late = call({ withdrawn: true });
    expect(outcomeOf(late, { failure: new Error('closed') }).content['status']).toBe('withdrawn');
    expect(outcomeOf(late, refused('cancelled')).content['status']).toBe('withdrawn');
    expect(outcomeOf(late, { reply: reply(), refusal: null }).content['status']).toBe('done');
  });

  it('leaves out what was said while it was held, and nothing else', () => {
    const notice = (message: string) => ({ ...remark, message });
    const notices = [notice('held for approval: request aaaaaaaa'), notice('held for approval: request bbbbbbbb')];
    const { content } = outcomeOf(call({ requests: ['aaaaaaaa'] }), {
      reply: reply({ notices, moreNotices: 3, open: true }),
      refusal: null,
    });
    expect(content).toMatchObject({
      notices: [{ message: 'held for approval: request bbbbbbbb' }],
      notices_left_out: 3,
      transaction: expect.stringMatching(/^rolled back/),
    });
  });

  it('of more statements than are shown says how many are not', () => {
    const tables = [{ columns: null, rows: [], cut: null, tag: 'INSERT 0 1' }];
    const done = { reply: reply({ tables, moreTables: 7 }), refusal: null };
    expect(outcomeOf(call(), done).content).toMatchObject({ results_left_out: 7 });
    const broken = { reply: reply({ tables, moreTables: 7, error: remark }), refusal: null };
    expect(outcomeOf(call(), broken).content).toMatchObject({ ended_before: ['INSERT 0 1'], results_left_out: 7 });
    expect(outcomeOf(call(), { reply: reply({ tables }), refusal: null }).content).not.toHaveProperty(
      'results_left_out',
    );
  });

  it('of one that waits names its request and how a person approves it', () => {
    expect(underWay(call({ requests: ['aaaaaaaa'], waitsFor: 'aaaaaaaa' })).content).toMatchObject({
      status: 'waiting',
      request: 'aaaaaaaa',
      approve_with: 'hoopctl approve aaaaaaaa',
    });
    expect(underWay(call({ requests: ['aaaaaaaa'] })).content).toEqual({ status: 'running', request: 'aaaaaaaa' });
  });
});

describe('what went wrong', () => {
  it('is told with what to do next', () => {
    const login = failureAnswer(new HoopError('identity.login', 'nobody has logged in', { hint: 'hoopctl login' }));
    expect(login.content['hint']).toBe('A person has to do this, then try again: hoopctl login');
    const secret = failureAnswer(new HoopError('config.secret', 'it is not set', { hint: 'export X first' }));
    expect(secret.content['hint']).toMatch(/^A person has to do this: export X first.*few variables/);
    const denied = failureAnswer(new HoopError('policy.denied', 'no policy applies')).content;
    expect(denied).toMatchObject({ denied: true, hint: 'This is policy, not a fault: do not retry variants.' });
  });

  it('is not told in words that nobody has looked at', () => {
    const { content } = failureAnswer(new Error('password=hunter2'));
    expect(content).toEqual({ status: 'error', denied: false, code: 'cli.bug', message: 'this is a bug in hoopctl' });
  });
});
