import type { Chance } from '../../../chance.ts';
import { frames } from '../../../postgres/frames.ts';
import { FORBIDDEN } from './dialect.ts';

const NAMES = ['', '', 'one', 'two', 'three'];

function rows(chance: Chance): string {
  // Now and then a result of more than one read.
  const many = chance.happens(0.05);
  return `rows ${chance.below(many ? 400 : 6)} ${chance.below(many ? 1500 : 40)}`;
}

function statement(chance: Chance): string {
  return chance.among([
    () => rows(chance),
    () => rows(chance),
    () => rows(chance),
    () => `${rows(chance)} -- ${FORBIDDEN}`,
    () => `give ${chance.below(8)}`,
    () => 'fail',
    () => 'notice',
    () => 'begin',
    () => 'end',
    () => 'change',
    () => `prepare ${chance.among(NAMES)}s ${rows(chance)}`,
    () => `deallocate ${chance.among(NAMES)}s`,
    () => '',
  ])();
}

function copyData(chance: Chance): Buffer[] {
  const data = Array.from({ length: chance.below(4) }, () => frames.copyData('x'.repeat(chance.below(60))));
  return [...data, chance.happens(0.8) ? frames.copyDone() : frames.copyFail('enough')];
}

function simple(chance: Chance): Buffer[] {
  if (chance.happens(0.15)) return [frames.query('take'), ...copyData(chance)];
  const texts = Array.from({ length: chance.happens(0.2) ? 3 : 1 }, () => statement(chance));
  return [frames.query(texts.join('; '))];
}

function bound(chance: Chance, name: string, portal: string): Buffer[] {
  const values = Array.from({ length: chance.below(3) }, () => chance.among(['', 'text', null, chance.bytes(9)]));
  return [
    frames.bind({ statement: name, portal, values }),
    ...(chance.happens(0.5) ? [frames.describe('P', portal)] : []),
    ...Array.from({ length: chance.between(1, 2) }, () => frames.execute(portal, chance.among([0, 0, 1, 2]))),
    ...(chance.happens(0.1) ? [frames.flush()] : []),
  ];
}

function extended(chance: Chance): Buffer[] {
  const messages: Buffer[] = [];
  for (let left = chance.between(1, 4); left > 0; left -= 1) {
    const name = chance.among(NAMES);
    if (name !== '' && chance.happens(0.6)) messages.push(frames.close('S', name));
    if (chance.happens(0.1))
      messages.push(frames.parse('take', ''), frames.bind(), frames.execute(), ...copyData(chance));
    else {
      if (chance.happens(0.8)) messages.push(frames.parse(statement(chance), name));
      if (chance.happens(0.3)) messages.push(frames.describe('S', name));
      messages.push(...bound(chance, name, chance.happens(0.3) ? 'portal' : ''));
    }
    if (chance.happens(0.3)) messages.push(frames.sync());
  }
  return [...messages, frames.sync()];
}

/** Messages of a client that keeps to the protocol: every kind there is, and a good-bye mostly. */
export function conversation(chance: Chance): Buffer[] {
  const messages: Buffer[] = [];
  for (let left = chance.between(1, 6); left > 0; left -= 1) {
    messages.push(...(chance.happens(0.4) ? simple(chance) : extended(chance)));
  }
  if (chance.happens(0.03)) messages.push(frames.functionCall(1, ['x']));
  return chance.happens(0.7) ? [...messages, frames.terminate()] : messages;
}
