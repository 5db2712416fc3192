import { Text } from 'ink';
import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { useField } from '../../src/tui/hooks/use-field.ts';
import { safeLine } from '../../src/tui/safe-text.ts';
import { FieldRow } from '../../src/tui/views/field.tsx';
import { Frame } from '../../src/tui/views/frame.tsx';
import { play } from './stage.ts';

function Sample({ done }: { readonly done: (value: string) => void }) {
  const [count, setCount] = useState(0);
  const bindings = [
    { keys: ['q'], help: 'leave', hint: 'quit', run: () => done(`left at ${count}`) },
    { keys: ['+'], help: 'count up', hint: 'count', run: () => setCount(count + 1) },
    {
      keys: ['x'],
      help: 'break',
      run: () => {
        throw new Error('broken');
      },
    },
  ];
  return (
    <Frame title={safeLine('sample')} bindings={bindings}>
      {({ width, height }) => <Text>{`${count} in ${width} by ${height}`}</Text>}
    </Frame>
  );
}

function Broken(): never {
  throw new Error('cannot draw');
}

function Asking({ done }: { readonly done: (value: string | null) => void }) {
  const field = useField({ active: true, onSubmit: done, onCancel: () => done(null) });
  return <FieldRow label="reason:" state={field.state} width={40} />;
}

describe('a screen', () => {
  it('is drawn apart from what was on the terminal, which is back when it ends', async () => {
    const { stage, result } = play<string>((done) => <Sample done={done} />);
    await stage.until((text) => text.includes('0 in 80 by 22'));
    expect(stage.alternate).toBe(true);
    await stage.type('+');
    await stage.until((text) => text.includes('1 in 80'));
    await stage.type('q');
    expect(await result).toBe('left at 1');
    await stage.until(() => !stage.alternate);
    expect(stage.stdin.raw).toBe(false);
    expect(stage.stdout.sent).toContain('\u001b[?25h');
    expect(stage.stdout.sent.lastIndexOf('\u001b[?7h')).toBeGreaterThan(stage.stdout.sent.lastIndexOf('\u001b[?7l'));
  });

  it('ends with a signal, and with Ctrl-C', async () => {
    const signalled = play<string>((done) => <Sample done={done} />);
    await signalled.stage.until((text) => text.includes('0 in'));
    signalled.controller.abort();
    expect(await signalled.result).toBeNull();
    await signalled.stage.until(() => !signalled.stage.alternate);
    const interrupted = play<string>((done) => <Sample done={done} />);
    await interrupted.stage.until((text) => text.includes('0 in'));
    await interrupted.stage.type('\u0003');
    expect(await interrupted.result).toBeNull();
  });

  it('gives the terminal back when it fails to draw', async () => {
    const { stage, result } = play<string>(() => <Broken />);
    await expect(result).rejects.toThrow('cannot draw');
    await stage.until(() => !stage.alternate);
    expect(stage.stdin.raw).toBe(false);
  });

  it('follows the terminal’s size, down to sizes that hold nothing', async () => {
    const { stage } = play<string>((done) => <Sample done={done} />);
    await stage.until((text) => text.includes('0 in 80 by 22'));
    stage.resize(140, 45);
    await stage.until((text) => text.includes('0 in 140 by 43'));
    for (const [columns, rows] of [
      [20, 5],
      [5, 2],
      [2, 1],
    ] as const) {
      stage.resize(columns, rows);
      await stage.type('+');
      await stage.until((text) => /^(?:sample|sam…|s?…)$/m.test(text));
    }
    stage.resize(80, 24);
    await stage.until((text) => text.includes('3 in 80 by 22'));
  });

  it('shows what its keys do, and nothing else meanwhile', async () => {
    const { stage } = play<string>((done) => <Sample done={done} />);
    await stage.until((text) => text.includes('? help'));
    await stage.type('?');
    const help = await stage.until((text) => text.includes('count up'));
    expect(help).toMatch(/q +leave/);
    await stage.type('+');
    await stage.type('q');
    await stage.until((text) => text.includes('0 in'));
  });

  it('takes a paste for no key', async () => {
    const { stage } = play<string>((done) => <Sample done={done} />);
    await stage.until((text) => text.includes('0 in'));
    await stage.type('\u001b[200~q+\u001b[201~');
    await stage.type('+q+');
    await stage.type('+');
    await stage.until((text) => text.includes('1 in'));
  });

  it('draws without a colour where none is wanted', async () => {
    const { stage } = play<string>((done) => <Sample done={done} />, { env: { NO_COLOR: '1' } });
    await stage.until((text) => text.includes('0 in'));
    expect(stage.stdout.sent).not.toMatch(/\u001b\[[\d;]*(?:3|4|9|10)[0-7][;m]/);
  });
});

describe('the stage that the tests look at', () => {
  it('notes what a terminal is made to do besides drawing', async () => {
    const { stage } = play<string>((done) => <Sample done={done} />);
    await stage.until((text) => text.includes('0 in'));
    stage.stdout.write('\u001b]0;owned\u0007\u001b]52;c;eA==\u0007\u001b[6n\u0007');
    await stage.until(() => stage.deeds.length >= 5);
    expect(stage.deeds.map((deed) => deed.split(' ')[0])).toEqual(
      expect.arrayContaining(['OSC', 'title', 'answer', 'bell']),
    );
  });
});

describe('a field', () => {
  it('takes what is typed and pasted, as one line, and submits on Enter alone', async () => {
    const { stage, result } = play<string | null>((done) => <Asking done={done} />);
    await stage.until((text) => text.includes('reason:'));
    await stage.type('ticket');
    await stage.type('\u001b[200~ 47\r\n11\u001b[8m\u202e\u001b[201~');
    await stage.until((text) => text.includes('ticket 47 11[8m'));
    await stage.type('\u0015');
    await stage.type('yes');
    await stage.until((text) => text.includes('reason: yes'));
    await stage.type('\r');
    expect(await result).toBe('yes');
  });
});
