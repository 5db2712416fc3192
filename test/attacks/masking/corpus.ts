import type { MaskAttack } from './attack.ts';
import { errorParts, errorTexts } from './channels/errors.ts';
import { explanations, plans } from './channels/plans.ts';
import { blocks } from './flow/blocks.ts';
import { carried } from './flow/carried.ts';
import { launderers } from './flow/code.ts';
import { extensions } from './flow/extensions.ts';
import { places } from './flow/places.ts';
import { writes } from './flow/writes.ts';
import { expressions } from './lineage/expressions.ts';
import { otherNames } from './lineage/names.ts';
import { queries } from './lineage/queries.ts';
import { relations } from './lineage/relations.ts';
import { returning } from './lineage/returning.ts';
import { shapes } from './lineage/shapes.ts';
import { carriers } from './oracles/carriers.ts';
import { equalities } from './oracles/equality.ts';
import { predicates } from './oracles/predicates.ts';
import { writeOracles } from './oracles/writes.ts';
import { drifts } from './protocol/drift.ts';
import { messages } from './protocol/messages.ts';

/** Attempts to learn something of a masked value. */
export const maskAttacks: readonly MaskAttack[] = [
  ...otherNames,
  ...expressions,
  ...shapes,
  ...queries,
  ...relations,
  ...returning,
  ...writes,
  ...launderers,
  ...carried,
  ...blocks,
  ...places,
  ...extensions,
  ...errorTexts,
  ...errorParts,
  ...explanations,
  ...plans,
  ...predicates,
  ...carriers,
  ...writeOracles,
  ...equalities,
  ...messages,
  ...drifts,
];
