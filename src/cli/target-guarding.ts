import { type Config, policiesOf } from '../config/load.ts';
import type { TargetConfig } from '../config/target-shape.ts';
import type { Enforcement } from '../core/protocol.ts';
import { protocolNamed } from '../local/protocol.ts';
import { strictest } from '../policy/mask/columns.ts';
import type { Policy } from '../policy/rules.ts';
import { approvalsGuarding, type Guarding, isRestricting, surroundings } from './guarding.ts';
import { sshGuarding } from './ssh-guarding.ts';

/** What is enforced for a target of a configuration, and what is not. */
export function guardingOf(config: Config, target: TargetConfig): readonly Guarding[] {
  const policies = policiesOf(config, target);
  const logins = config.identity !== null;
  if (target.protocol === 'ssh') return sshGuarding(policies, target.hostKeys, logins);
  return guarding(policies, protocolNamed(target.protocol).enforces, logins);
}

/**
 * What is enforced for a target with these policies over a protocol that can do this, and what is not, honestly. `logins`: a
 * provider vouches for people.
 */
export function guarding(
  policies: readonly Policy[],
  can: ReadonlySet<Enforcement>,
  logins: boolean,
): readonly Guarding[] {
  const restricts = policies.some(isRestricting);
  const asks = policies.some(({ ask, default: otherwise }) => ask.length > 0 || otherwise === 'ask');
  return [
    {
      what: 'statements',
      enforced: restricts,
      note: restricts ? 'decided before the target sees them' : 'no rule restricts anything: they are only recorded',
    },
    { what: 'records', enforced: true, note: 'written before a statement is sent; no record, no statement' },
    ...(asks ? approvalsGuarding(policies, logins) : []),
    ...valuesGuarding(policies, can),
    {
      what: 'opaque code',
      enforced: restricts,
      note: restricts
        ? 'functions that cannot be followed, and dynamic SQL, are refused unless a rule allows them'
        : 'runs: no rule restricts anything',
    },
    ...surroundings(logins),
  ];
}

const NOT_OPENED = 'not in this version: the target is not opened';

function valuesGuarding(policies: readonly Policy[], can: ReadonlySet<Enforcement>): readonly Guarding[] {
  const rules = policies.flatMap(({ mask }) => mask);
  const masking = policies.filter(({ mask }) => mask.some(({ column }) => column !== null));
  const detects = rules.some(({ column }) => column === null);
  const detected = detects && can.has('byte');
  return [
    ...(masking.length === 0 ? [] : columnsGuarding(masking, can.has('column'))),
    ...(detects
      ? [{ what: 'masks by detectors', enforced: detected, note: detected ? 'hide what they find' : NOT_OPENED }]
      : []),
    {
      what: 'values in results',
      enforced: false,
      note: `shown as the target sends them${rules.length === 0 ? '' : ', except where masks hide them'}`,
    },
  ];
}

/** `masking`: policies with masks of columns. */
function columnsGuarding(masking: readonly Policy[], enforced: boolean): readonly Guarding[] {
  if (!enforced) return [{ what: 'masked columns', enforced, note: NOT_OPENED }];
  const strict = masking.some(({ masking: { mode } }) => mode === 'strict');
  const inference = strictest(masking);
  const trusted = masking.some((policy) => policy.masking.trustedFunctions.length > 0);
  const followed = 'hidden in results, errors and records, wherever they go in a statement';
  return [
    {
      what: 'masked columns',
      enforced,
      note: `${followed}; what cannot be followed is ${strict ? 'refused' : 'hidden as a whole (mode: lenient)'}`,
    },
    { what: 'comparing masked columns', enforced: inference !== 'allow', note: COMPARING[inference] },
    ...(strict ? [] : [{ what: 'copies of masked values', enforced: false, note: 'may be written to other columns' }]),
    ...(trusted
      ? [{ what: 'trusted functions', enforced: false, note: 'what they give counts as clean, whatever it is' }]
      : []),
  ];
}

const COMPARING: Readonly<Record<ReturnType<typeof strictest>, string>> = {
  refuse: 'refused (inference: refuse)',
  equality: 'only whole values with =, which lets guesses be confirmed (inference: equality)',
  allow: 'rows may be chosen and sorted by them, which tells values bit by bit (inference: allow)',
};
