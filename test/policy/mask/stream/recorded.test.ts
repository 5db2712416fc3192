import { readdirSync, readFileSync } from 'node:fs';
import xterm from '@xterm/headless';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StreamMask } from '../../../../src/policy/mask/stream/stream-mask.ts';
import { StreamSearch } from '../../../../src/policy/mask/stream/search.ts';

/** What programs wrote to a terminal while somebody paged through a file with secrets in it. */
interface Recorded {
  readonly columns: number;
  readonly rows: number;
  /** Bytes, each as a character. */
  readonly slices: readonly string[];
}

const DIRECTORY = new URL('recorded/', import.meta.url);
const NAMES = readdirSync(DIRECTORY).map((name) => name.replace('.json', ''));
const TOKEN =
  'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U';
const LETTERS = 'MIIEowIBAAKCAQEAx3vZ8s0kq1mJ2dQ4yW7uT9rLb6nC5eF8gH1iK0oP3aSjDlZx';
/** The lines of the key, so much of each as a pane shows. */
const LINES = Array.from({ length: 50 }, (_, index) => (LETTERS.slice(index) + LETTERS.slice(0, index)).slice(0, 30));
const SECRETS = ['AKIAIOSFODNN7EXAMPLE', TOKEN, 'ada.lovelace@example.com', '4111111111111111', ...LINES];

const recorded = (name: string): Recorded =>
  JSON.parse(readFileSync(new URL(`${name}.json`, DIRECTORY), 'utf8')) as Recorded;

const flat = (text: string): string => text.replaceAll(/\s+/g, '');

/** Secrets that can be read, however they are broken. */
const secretsIn = (text: string): readonly string[] => SECRETS.filter((secret) => flat(text).includes(secret));

/** Secrets that were to be read on the screen at any time. */
async function seen({ columns, rows }: Recorded, shown: readonly Buffer[]): Promise<readonly string[]> {
  const terminal = new xterm.Terminal({ cols: columns, rows, allowProposedApi: true, scrollback: 500 });
  const found = new Set<string>();
  for (const bytes of shown) {
    await new Promise<void>((resolve) => terminal.write(bytes, resolve));
    const { active } = terminal.buffer;
    const lines = Array.from({ length: active.length }, (_, row) => active.getLine(row)?.translateToString(true) ?? '');
    for (const secret of secretsIn(lines.join('\n'))) found.add(secret);
  }
  terminal.dispose();
  return [...found];
}

/** `paused`: nothing follows a slice for as long as anything waits. */
function masked(
  { columns, rows }: Recorded,
  slices: readonly string[],
  paused: boolean,
): { readonly shown: Buffer[]; readonly record: string } {
  const looking = ['aws-key', 'credit-card', 'jwt', 'private-key', 'email'];
  const search = new StreamSearch(
    looking.map((detector) => ({ detector, method: 'redact' as const })),
    (method) => method,
  );
  const mask = new StreamMask(search, true);
  mask.size = { columns, rows };
  const passed = slices.flatMap((slice) => {
    const now = mask.push(Buffer.from(slice, 'latin1'));
    return paused && mask.waiting !== 'nothing' ? [now, mask.late()] : [now];
  });
  passed.push(mask.end());
  const record = Buffer.concat(passed.map((one) => one.recorded)).toString('latin1');
  return { shown: passed.map((one) => one.shown), record: record.replaceAll(/\u001b\[[\d;?]*[A-Za-z]/g, '') };
}

describe.each(NAMES)('what %s shows of a file with secrets', (name) => {
  const { slices, ...size } = recorded(name);
  const all = { slices, ...size };

  it('is secret without masks', async () => {
    expect(
      await seen(
        all,
        slices.map((slice) => Buffer.from(slice, 'latin1')),
      ),
    ).not.toEqual([]);
  });

  it('is masked on the screen at any time, and in the record', async () => {
    const { shown, record } = masked(all, slices, true);
    expect(await seen(all, shown)).toEqual([]);
    expect(secretsIn(record)).toEqual([]);
  });

  it('is masked in the end however it is cut', async () => {
    const text = slices.join('');
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 40, max: 2000 }), { minLength: 5, maxLength: 20 }), async (sizes) => {
        const parts: string[] = [];
        for (let at = 0, index = 0; at < text.length; index++) {
          const length = sizes[index % sizes.length] ?? 1;
          parts.push(text.slice(at, at + length));
          at += length;
        }
        const { shown } = masked(all, parts, false);
        expect(await seen(all, [Buffer.concat(shown)])).toEqual([]);
      }),
      { numRuns: 4 },
    );
  });
});
