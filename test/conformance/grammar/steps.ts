import type { Message, Step } from '../conversation.ts';
import type { Random } from '../random.ts';
import { bind, closed, execute, FLUSH, parse, type Speaker, SYNC } from './messages.ts';
import type { Text } from './scene.ts';
import { PORTALS, soleStatement, statement, STATEMENTS } from './sql.ts';

export function cuts(random: Random): number[] {
  return random.chance(0.25) ? random.several(1, 6, () => random.integer(0, 1000)) : [];
}

/** How a run of extended messages ends, and whether its answer is waited for. */
export function ended({ random, scene }: Speaker, messages: readonly Message[]): Step {
  const ending = random.weighted<readonly Message[]>([
    [6, [SYNC]],
    [3, []],
    [1, [FLUSH]],
    [0.3, [SYNC, SYNC]],
    [0.3, [FLUSH, SYNC]],
  ]);
  scene.open = !ending.includes(SYNC);
  scene.followable = false;
  if (ending.includes(SYNC) && !scene.inTransaction) scene.portals.clear();
  return { messages: [...messages, ...ending], wait: ending.length > 0 && random.chance(0.6), cuts: cuts(random) };
}

const isDenied = (texts: readonly Text[]): boolean => texts.some(({ denied }) => denied === true);

/** What can stand in one text and be compared. */
function together(texts: readonly Text[]): readonly Text[] {
  if (texts.length <= 1) return texts;
  const refused = isDenied(texts);
  return texts.filter(
    // What is no SQL fails by itself. SET TRANSACTION must come before the proxy's question about the others (docs/limits.md).
    ({ garbled, text }) => (garbled !== true || !refused) && !/^(?:set transaction|begin .)/.test(text),
  );
}

export function query(speaker: Speaker): Step {
  const { random, scene } = speaker;
  const say = (): Text => statement(random, scene, speaker.refusals);
  const said = random.chance(0.04)
    ? [{ text: random.pick(['', ';', ' ; ;', '-- nothing', '/* nothing */']), parameters: [], columns: 0 }]
    : random.several(1, random.chance(0.3) ? 5 : 1, say);
  const texts = together(said);
  const message: Message = {
    kind: 'query',
    text: texts.map(({ text }) => text).join(random.pick(['; ', ';', ';\n'])),
    ...(isDenied(texts) ? { denied: true } : {}),
  };
  // The protocol lets a Query follow extended messages without a Sync in between, though hardly anybody does it.
  const before = scene.open && !(scene.followable && random.chance(0.5)) ? [SYNC] : [];
  scene.statements.delete('');
  scene.open = scene.followable = false;
  return { messages: [...before, message], wait: random.chance(0.6), cuts: cuts(random) };
}

/** Parse, Bind, Describe and Execute as drivers send them. */
export function run(speaker: Speaker): Step {
  const { random } = speaker;
  const name = random.chance(0.6) ? '' : random.pick(STATEMENTS);
  const portal = random.chance(0.7) ? '' : random.pick(PORTALS);
  const messages: Message[] = [];
  if (name !== '' && random.chance(0.5)) messages.push({ kind: 'close', what: 'S', name });
  messages.push(parse(speaker, name));
  if (random.chance(0.3)) messages.push({ kind: 'describe', what: 'S', name });
  if (random.chance(0.05)) messages.push(FLUSH);
  messages.push(bind(speaker, portal, name));
  if (random.chance(0.5)) messages.push({ kind: 'describe', what: 'P', name: portal });
  messages.push(...random.several(1, random.chance(0.2) ? 3 : 1, () => execute(speaker, portal)));
  const closes = random.chance(0.15);
  if (closes) messages.push({ kind: 'close', what: 'P', name: portal });
  const step = ended(speaker, messages);
  speaker.scene.followable = speaker.scene.open && speaker.scene.statements.get(name)?.ordinary === true && !closes;
  return step;
}

/** What must run alone, alone. */
export function soleRun({ random, scene }: Speaker): Step {
  const text = soleStatement(random);
  const run: Message[] = [
    { kind: 'parse', name: '', text: text.text, types: [] },
    { kind: 'bind', portal: '', statement: '', formats: [], values: [], results: [] },
    { kind: 'execute', portal: '', rows: 0 },
    SYNC,
    // Nobody is to run it elsewhere.
    { kind: 'close', what: 'S', name: '' },
    SYNC,
  ];
  const before = scene.open ? [SYNC] : [];
  scene.statements.delete('');
  scene.open = scene.followable = false;
  return { messages: [...before, ...run], wait: random.chance(0.6), cuts: cuts(random), whole: true };
}

/** Extended messages in any order, about names that mostly exist. */
export function pieces(speaker: Speaker): Step {
  const { random, scene } = speaker;
  const known = (): string => {
    const names = [...scene.statements.keys()];
    return names.length > 0 && random.chance(0.85) ? random.pick(names) : random.pick([...STATEMENTS, 'unknown']);
  };
  const portal = (): string => {
    const names = [...scene.portals.keys()];
    return names.length > 0 && random.chance(0.85) ? random.pick(names) : random.pick([...PORTALS, 'unknown']);
  };
  const piece = (): Message =>
    random.weighted<() => Message>([
      [2, () => parse(speaker, random.pick(STATEMENTS))],
      [3, () => bind(speaker, random.pick(PORTALS), known())],
      [4, () => execute(speaker, portal())],
      [1, () => ({ kind: 'describe', what: 'S', name: known() })],
      [1, () => ({ kind: 'describe', what: 'P', name: portal() })],
      [0.7, () => closed(speaker, 'S', known())],
      [0.7, () => closed(speaker, 'P', portal())],
      [0.5, () => FLUSH],
      [0.5, () => SYNC],
    ])();
  return ended(speaker, random.several(1, 6, piece));
}

/** What goes on with portals that were made before, where the transaction has not failed. */
export function resumption(speaker: Speaker): Step {
  const { random, scene } = speaker;
  const portals = scene.portals.size > 0 ? [...scene.portals.keys()] : PORTALS;
  const piece = (): Message => {
    const name = random.pick(portals);
    return random.chance(0.7) ? execute(speaker, name) : { kind: 'describe', what: 'P', name };
  };
  return { ...ended(speaker, random.several(1, 4, piece)), unfailed: true };
}
