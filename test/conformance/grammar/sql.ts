import type { Random } from '../random.ts';
import type { Scene, Text } from './scene.ts';
import { DEFINITIONS, DENIED, SETTINGS, SOLES } from './changes.ts';
import { FAILURES, GARBLED, large, READS, WRITES } from './statements.ts';

/** Names of prepared statements that the protocol and SQL share. */
const SHARED = ['a', 'b'] as const;
/**
 * Names that only the protocol knows. Statements that begin and end transactions have no others: PostgreSQL gives up
 * the connection when SQL's EXECUTE runs one (XX000, “unexpected state STARTED”).
 */
export const PROTOCOLS_OWN = ['', 'c', 'ü "q"'] as const;
export const STATEMENTS = [...PROTOCOLS_OWN, ...SHARED] as const;
/** Names of portals. */
export const PORTALS = ['', 'p', 'ö "q"'] as const;
/** Names of cursors that SQL makes: others than those of portals, since Execute does not know them (docs/limits.md). */
const CURSORS = ['k', 'l'] as const;

const none = (text: string, columns = 0): Text => ({ text, parameters: [], columns });

function beginning(random: Random): Text {
  return none(
    random.pick([
      'begin',
      'begin',
      'start transaction',
      'begin isolation level serializable',
      'begin read only',
      'begin isolation level repeatable read, read write',
    ]),
  );
}

/** Begins and ends transactions, mostly where that makes sense. */
export function transaction(random: Random, scene: Scene): Text {
  if (scene.inTransaction === random.chance(0.05)) {
    scene.inTransaction = true;
    return beginning(random);
  }
  const [savepoint = 's1'] = scene.savepoints.slice(-1);
  return random.weighted<() => Text>([
    [
      4,
      () => {
        scene.endTransaction();
        return none(random.pick(['commit', 'commit', 'rollback', 'end', 'abort']));
      },
    ],
    [1, () => none(random.pick(['commit and chain', 'rollback and chain']))],
    [
      3,
      () => {
        const name = `s${scene.savepoints.length + 1}`;
        scene.savepoints.push(name);
        return none(`savepoint ${name}`);
      },
    ],
    [3, () => none(`rollback to ${random.chance(0.9) ? savepoint : 'nowhere'}`)],
    [1, () => none(`release ${savepoint}`)],
    [1, () => none(random.pick(['set transaction read only', 'set transaction isolation level serializable']))],
  ])();
}

/** DECLARE, FETCH, MOVE and CLOSE. */
export function cursor(random: Random, scene: Scene): Text {
  const name = random.pick(CURSORS);
  if (!scene.cursors.has(name) && random.chance(0.8)) {
    scene.cursors.add(name);
    const kind = random.pick(['', 'scroll ', 'no scroll ', 'binary ']);
    const hold = random.pick(['', '', ' with hold']);
    return none(`declare ${name} ${kind}cursor${hold} for select n, n::text from numbers order by n`);
  }
  return random.weighted<() => Text>([
    [
      5,
      () =>
        none(
          `fetch ${random.pick(['', '2 from ', 'all from ', 'prior from ', 'absolute 3 from ', '0 from '])}${name}`,
          2,
        ),
    ],
    [1, () => none(`move ${random.pick(['', '3 in ', 'all in ', 'backward 1 in '])}${name}`)],
    [
      1,
      () => {
        scene.cursors.delete(name);
        return none(random.pick([`close ${name}`, 'close all']));
      },
    ],
    [1, () => none(`update numbers set n = n where current of ${name}`)],
  ])();
}

/** PREPARE, EXECUTE and DEALLOCATE; names are those of the protocol as well. */
export function prepared(random: Random, scene: Scene): Text {
  const name = random.pick(SHARED);
  const known = scene.statements.get(name);
  if (known === undefined && random.chance(0.85)) {
    const text = withoutParameters(random);
    scene.statements.set(name, text);
    return none(`prepare ${name} as ${text.text}`);
  }
  if (random.chance(0.25)) {
    const all = random.chance(0.3);
    if (all) for (const each of ['a', 'b', 'c']) scene.statements.delete(each);
    else scene.statements.delete(name);
    return none(`deallocate ${all ? 'all' : name}`);
  }
  const values = known?.parameters.map(() => random.pick(['1', 'null', "'2'"])) ?? [];
  return none(`execute ${name}${values.length === 0 ? '' : `(${values.join(', ')})`}`, known?.columns ?? 0);
}

function ordinary(random: Random): Text {
  const text = random.chance(0.05) ? large(random) : random.pick(random.chance(0.65) ? READS : WRITES);
  return { ...text, ordinary: true };
}

/** What SQL's PREPARE takes. */
function withoutParameters(random: Random): Text {
  for (;;) {
    const text = ordinary(random);
    if (text.parameters.length === 0 && !/^(?:show|explain|copy)/.test(text.text)) return text;
  }
}

export const soleStatement = (random: Random): Text => random.pick(SOLES);

/** One statement of any kind. `refusals`: how likely it is one that the policy refuses. */
export function statement(random: Random, scene: Scene, refusals: number): Text {
  if (random.chance(refusals)) return random.pick(DENIED);
  const kind = random.weighted<() => Text>([
    [12, () => ordinary(random)],
    [2.5, () => random.pick(FAILURES)],
    [0.5, () => random.pick(GARBLED)],
    [1.5, () => random.pick(DEFINITIONS)],
    [1.5, () => random.pick(SETTINGS)],
    [0.3, () => random.pick(SOLES)],
    [5, () => ({ ...transaction(random, scene), control: true })],
    [2, () => cursor(random, scene)],
    [2, () => prepared(random, scene)],
  ]);
  return kind();
}
