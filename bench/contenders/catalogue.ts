import type { Contender } from './contender.ts';
import { direct } from './direct.ts';
import { haproxy, haproxySplice } from './haproxy.ts';
import {
  hoopctlAllow,
  hoopctlDetect,
  hoopctlFull,
  hoopctlMaskEqual,
  hoopctlMaskOther,
  hoopctlRules,
} from './hoopctl.ts';
import { pgbouncer } from './pgbouncer.ts';

/** All ways to the server that are measured, in the order of the tables. */
export const CONTENDERS: readonly Contender[] = [
  direct,
  pgbouncer,
  haproxy,
  haproxySplice,
  hoopctlAllow,
  hoopctlRules,
  hoopctlFull,
  hoopctlMaskEqual,
  hoopctlMaskOther,
  hoopctlDetect,
];
