import { type Identity, isSameAddress, principalOf } from '../core/identity.ts';
import type { Policy } from './rules.ts';

/** Policies that are judged by together. */
export type Layer = readonly Policy[];

/**
 * The policies that hold for an identity, in the order they are given in. None: it may do nothing, and a session of it
 * must not start.
 */
export function policiesFor(policies: readonly Policy[], identity: Identity): readonly Policy[] {
  const layers = layersFor(policies, identity);
  return policies.filter((policy) => layers.some((layer) => layer.includes(policy)));
}

/**
 * How they hold: what is done must pass every layer by itself, so that a rule of one layer lifts nothing of another.
 * People and services have one layer: the policies whose `applies_to` they match. Whoever acts for somebody has those of
 * whom it acts for, and one of the policies that admit it: it never has more than whom it acts for. No layer at all
 * when one of them would be empty. The same of all policies and of those that `policiesFor` gives.
 *
 * Those that were added `besides` these are a layer more. Where one of them is not meant for who asks there is none at all:
 * what was to hold something back is not left out unnoticed.
 */
export function layersFor(policies: readonly Policy[], identity: Identity): readonly Layer[] {
  const added = policies.filter(({ besides }) => besides);
  if (added.length === 0) return ownLayers(policies, identity);
  const own = ownLayers(
    policies.filter(({ besides }) => !besides),
    identity,
  );
  return own.length === 0 || notMeant(added, identity) !== null ? [] : [...own, added];
}

/** The first of those that were added which neither who asks nor anybody in whose name they ask is meant by; null for none. */
export function notMeant(policies: readonly Policy[], identity: Identity): Policy | null {
  return policies.find((policy) => policy.besides && !isMeant(policy, identity)) ?? null;
}

function isMeant(policy: Policy, identity: Identity): boolean {
  return admits(policy, identity) || (identity.actsFor !== null && isMeant(policy, identity.actsFor));
}

function ownLayers(policies: readonly Policy[], identity: Identity): readonly Layer[] {
  const own = policies.filter((policy) => admits(policy, identity));
  if (own.length === 0) return [];
  if (identity.actsFor === null) return identity.kind === 'agent' ? [] : [own];
  const others = ownLayers(policies, identity.actsFor);
  if (others.length === 0 || others.some((layer) => isSameLayer(layer, own))) return others;
  return [...others, own];
}

/**
 * Whether the same policies hold for both in the same way: what was opened for one may go on for the other. It takes
 * more than that `policiesFor` gives the same: what an agent is admitted by may have been its person's too.
 */
export function holdAlike(policies: readonly Policy[], one: Identity, other: Identity): boolean {
  const [these, those] = [layersFor(policies, one), layersFor(policies, other)];
  return these.length === those.length && these.every((layer, index) => isSameLayer(layer, those[index] ?? []));
}

function isSameLayer(one: Layer, other: Layer): boolean {
  return one.length === other.length && one.every((policy, index) => policy === other[index]);
}

/** Without `applies_to` a policy admits everybody; agents that it says nothing of are taken for whom they act for. */
function admits({ appliesTo: to }: Policy, identity: Identity): boolean {
  if (to === null) return true;
  if (identity.kind !== 'agent') return matches(to, identity);
  if (to.agents === null) return matches(to, principalOf(identity));
  if (to.agents === 'any') return true;
  return to.agents !== 'none' && to.agents.includes(identity.subject);
}

function matches(to: NonNullable<Policy['appliesTo']>, who: Identity): boolean {
  switch (who.kind) {
    case 'person':
      return isIn(to.subjects, who.subject) || hasAddress(to.emails, who.email) || isOfAny(to.groups, who.groups);
    case 'service':
      // A service that is declared may be another issuer's: that one's subjects and addresses say nothing here.
      if (who.service !== null) return isIn(to.services, who.service) || isOfAny(to.groups, who.groups);
      return isIn(to.subjects, who.subject) || isOfAny(to.groups, who.groups);
    case 'agent':
      return false;
  }
}

function isIn(wanted: readonly string[] | null, name: string): boolean {
  return wanted?.includes(name) === true;
}

function isOfAny(wanted: readonly string[] | null, groups: readonly string[]): boolean {
  return groups.some((group) => isIn(wanted, group));
}

function hasAddress(wanted: readonly string[] | null, email: string | null): boolean {
  return email !== null && wanted?.some((one) => isSameAddress(one, email)) === true;
}
