import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Policy } from '../../../../src/policy/rules.ts';
import { UNGUARDED } from '../../../../src/policy/unguarded.ts';
import { rule } from '../../../policy/shell/judging.ts';
import type { SshStage } from '../../../ssh/stage.ts';
import { openScene, type Scene } from './scene.ts';
import type { Typist } from './terminal.ts';

/** All is allowed but one program, and what cannot be known. */
const POLICY: Policy = {
  ...UNGUARDED,
  name: 'guarded',
  shell: 'guarded',
  opaque: 'deny',
  deny: [rule({ program: ['touch'] })],
};

/** `T`: what must never run. As it is sent, Enter being `\r`. */
const ATTEMPTS: readonly (readonly [string, string])[] = [
  ['closes the braces', '}; T; {\r'],
  ['closes the braces behind a command', 'true; }; T; {\r'],
  ['closes the braces behind a semicolon without a blank', 'true;}T\r'],
  ['pastes a line that closes them', '\u001b[200~true\n}; T; {\n\u001b[201~\r\r\r'],
  ['pastes lines, and presses no Enter', '\u001b[200~true\nT\n\u001b[201~'],
  ['pastes lines with carriage returns', '\u001b[200~true\rT\r\u001b[201~\r\r'],
  ['ends the paste early', '\u001b[200~true\u001b[201~\rT\r'],
  ['hides the end of a paste within another', '\u001b[200~true\u001b[20\u001b[201~1~; T\r'],
  ['begins a paste within a paste', '\u001b[200~true\u001b[200~\u001b[201~; T\r'],
  ['opens a quote on one line and closes it on the next', "echo 'a\r'; T; echo '\r'\r"],
  ['opens double quotes over lines', 'echo "a\r"; T; echo "\r"\r'],
  ['ends with a backslash', 'true \\\r; T\r'],
  ['ends with a backslash, twice', 'true \\\\\rT\r'],
  ['comments the closing brace out', 'true #\r}; T\r'],
  ['closes in a comment', 'true # }; T\r'],
  ['writes a heredoc that closes the braces', 'cat <<END\r}\rT\r{\rEND\r'],
  ['ends a heredoc by the closing brace', 'cat <<}\r}\rT\r'],
  ['leaves a heredoc open', 'cat <<END\rT\r\u0004'],
  ['hides a substitution in a heredoc', 'cat <<END\r$(T)\rEND\r'],
  ['goes on behind &&', 'true &&\rT\r'],
  ['goes on behind a pipe', 'true |\rT\r'],
  ['opens an if', 'if true; then\rT\rfi\r'],
  ['puts a NUL in', 'true\u0000; T\r'],
  ['puts a line feed in literally', 'true\u0016\nT\r'],
  ['puts a carriage return in literally', 'true\u0016\rT\r'],
  ['sends both ends of a line', 'true\r\nT\r\n'],
  ['turns the direction of the text', 'echo \u202e; T\r'],
  ['sends a zero-width blank', 'true;\u200bT\r'],
  ['sends a no-break space', 'true;\u00a0T\r'],
  ['sends another line separator', 'true\u2028T\r'],
  ['lets the terminal say what it is', '\u001b[?1;2cT\r'],
  ['lets the terminal say where the cursor is', '\u001b[12;40RT\r'],
  ['lets the terminal tell a colour', '\u001b]11;T\u0007\r'],
  ['lets the terminal tell its title', '\u001b]lT\r\u001b\\\r'],
  ['lets the terminal tell a setting', '\u001bP1$rT\r\u001b\\\r'],
  ['lets the terminal report a private message', '\u001b_T\r\u001b\\\r'],
  ['sends a single-byte control sequence', '\u009b200~true\rT\r'],
  ['sends half a sequence', '\u001b[\rT\r'],
  ['reports a mouse', '\u001b[M\r\r\rT\r'],
  ['substitutes', 'echo $(T) `T`\r'],
  ['evaluates', 'eval "T"\r'],
  ['spells it in an ANSI-C string', "$'\\x74ouch' CANARY\r"],
  ['spells it in pieces', "to''u\\ch CANARY\r"],
  ['moves, and more', 'cd / && T\r'],
  ['moves to what a substitution says', 'cd "$(T)"\r'],
  ['moves, and closes the braces', 'cd /; } ; T; {\r'],
  ['moves back, and more', 'cd -; T\r'],
  ['exits, and more', 'exit; T\r'],
  ['exits with what a substitution says', 'exit $(T)\r'],
  ['asks for the history, and more', 'history; T\r'],
  ['makes a function of cd', 'cd() { T; }\r'],
  ['makes an alias, and uses it', "alias true='T'\rtrue\r"],
  ['sets a trap', "trap 'T' EXIT\r"],
  ['sets what shells read first', "ENV='$(T)' sh -i -c true\r"],
  ['types ahead of a program', 'sleep 0.1\rT\r'],
];

describe('what is typed to get out of the frame of a guarded shell', () => {
  let scene: Scene;
  let stage: SshStage;
  let typist: Typist;
  let directory: string;
  let canary: string;

  beforeAll(async () => {
    scene = await openScene(POLICY, 200, 50);
    ({ stage, typist, directory } = scene);
    canary = join(directory, 'canary');
    await typist.line(`cd ${directory}`);
  });
  afterAll(() => scene.close());

  /** Sends it, gives up what is left of it on the screen, and waits until the shell reads lines again. */
  async function attempt(text: string): Promise<void> {
    const before = await typist.prompt();
    let last = before;
    typist.send(text);
    await typist.until((shown) => {
      const isOver = typist.isReady() && !shown.endsWith('pasted]$');
      if (shown === last) return shown !== before && isOver;
      last = shown;
      if (!isOver && /^(?:hoopctl web-1:|>|\(search)/u.test(shown.split('\n').at(-1) ?? '')) typist.send('\u0003');
      return false;
    });
    await typist.line('echo over');
  }

  it.each(ATTEMPTS)('%s', async (_, text) => {
    const sent = text.replaceAll(/\bT\b/gu, `touch ${canary}`).replaceAll('CANARY', canary);
    await attempt(sent);
    expect(existsSync(canary)).toBe(false);
    // Whatever ran besides was judged, and does no such thing.
    const ran = stage.of('statement').filter(({ decision }) => decision.verdict === 'allow');
    expect(ran.flatMap(({ effects }) => effects.map(({ command }) => command?.program))).not.toContain('touch');
  });

  it('notices when it does run', async () => {
    await typist.line(`echo there > ${canary}`);
    expect(existsSync(canary)).toBe(true);
    rmSync(canary);
  });

  it('stays where it is in a directory whose name would end the quotes', async () => {
    const name = `a'; touch ${'canary'}; '"$(touch canary)`;
    mkdirSync(join(directory, name));
    await typist.line('cd a*');
    expect((await typist.line('pwd')).split('\n').at(-2)).toBe(join(directory, name));
    expect(existsSync(canary) || existsSync(join(directory, name, 'canary'))).toBe(false);
    await typist.line('cd ..');
  });

  it('goes to no directory whose name has a line feed in it', async () => {
    mkdirSync(join(directory, 'b\n'));
    mkdirSync(join(directory, 'b\n', 'etc'));
    expect(await typist.line('cd b*/etc')).toContain('that is no directory whose name can be shown');
    expect((await typist.line('pwd')).split('\n').at(-2)).toBe(directory);
  });
});
