import type { Message } from '../conversation.ts';
import type { Random } from '../random.ts';
import type { Scene, Text } from './scene.ts';
import { PROTOCOLS_OWN, statement } from './sql.ts';
import { KINDS, valueFor } from './values.ts';

/** What speaking takes. */
export interface Speaker {
  readonly random: Random;
  readonly scene: Scene;
  /** How likely a statement is one that the policy refuses. */
  readonly refusals: number;
}

export const SYNC: Message = { kind: 'sync' };
export const FLUSH: Message = { kind: 'flush' };

export const marked = ({ denied }: Text): { denied?: true } => (denied === true ? { denied: true } : {});

/** A text that may be prepared under this name, wherever it runs then. */
function preparable({ random, scene, refusals }: Speaker, name: string): Text {
  for (;;) {
    const text = statement(random, scene, refusals);
    const control = text.control === true && !PROTOCOLS_OWN.some((own) => own === name);
    if (text.sole !== true && !control) return text;
  }
}

export function parse(speaker: Speaker, name: string): Message {
  const { random, scene } = speaker;
  const text = preparable(speaker, name);
  if (text.denied !== true) scene.statements.set(name, text);
  const types = random.weighted<() => number[]>([
    [3, () => []],
    [2, () => text.parameters.map((kind) => KINDS[kind].oid)],
    [1, () => text.parameters.map((kind) => (random.chance(0.5) ? 0 : KINDS[kind].oid))],
    [0.2, () => [random.pick([16, 23, 25, 705, 99_999])]],
  ])();
  return { kind: 'parse', name, text: text.text, types, ...marked(text) };
}

export function bind({ random, scene }: Speaker, portal: string, name: string): Message {
  const text = scene.statements.get(name) ?? { text: '', parameters: [], columns: 0 };
  const formats = random.weighted<number[]>([
    [3, []],
    [1, [0]],
    [1, [1]],
    [2, text.parameters.map(() => random.integer(0, 1))],
  ]);
  const values = text.parameters.map((kind, index) =>
    valueFor(kind, (formats.length === 1 ? formats[0] : formats[index]) ?? 0, random),
  );
  const miscounted = random.chance(0.05);
  if (miscounted && random.chance(0.5)) values.push('1');
  else if (miscounted) values.pop();
  // As many formats as values, or the message is malformed: then the door does not ask the server what to say of it.
  const fitting = formats.length > 1 ? values.map((_, index) => formats[index] ?? 0) : formats;
  const results = random.weighted<number[]>([
    [3, []],
    [1, [0]],
    [1, [1]],
    [1, Array.from({ length: text.columns }, () => random.integer(0, 1))],
    [0.15, [0, 1]],
  ]);
  scene.portals.set(portal, text);
  return { kind: 'bind', portal, statement: name, formats: fitting, values, results };
}

export function execute({ random }: Speaker, portal: string): Message {
  return { kind: 'execute', portal, rows: random.pick([0, 0, 0, 1, 2, 5, 1000]) };
}

export function closed({ scene }: Speaker, what: 'S' | 'P', name: string): Message {
  (what === 'S' ? scene.statements : scene.portals).delete(name);
  return { kind: 'close', what, name };
}
