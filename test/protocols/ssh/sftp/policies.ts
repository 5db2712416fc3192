import type { Operation } from '../../../../src/core/action.ts';
import type { Policy, Rule } from '../../../../src/policy/rules.ts';
import { UNGUARDED } from '../../../../src/policy/unguarded.ts';
import { askRule } from '../../../policy/examples.ts';

/** A path, or all that lies beneath it and the path itself. */
function pathPattern(source: string) {
  const base = source.replace(/\/\*\*$/u, '');
  const isIn = (name: string): boolean =>
    name === base || (base !== source && (base === '' || name.startsWith(`${base}/`)));
  return {
    source,
    matches: isIn,
    meets: (span: { readonly name: string; readonly beneath: boolean }) =>
      isIn(span.name) || (span.beneath && base.startsWith(span.name === '/' ? '/' : `${span.name}/`)),
    holds: (span: { readonly name: string; readonly certain: boolean; readonly beneath: boolean }) =>
      span.certain && isIn(span.name) && (!span.beneath || base !== source),
  };
}

/** Of paths that end in `/**`, all beneath. */
export function pathRule(operation: readonly Operation[] | null, ...paths: readonly string[]): Rule {
  return {
    action: null,
    object: null,
    relation: null,
    column: null,
    function: null,
    where: null,
    command: { program: null, args: null, path: paths.map(pathPattern), operation, opaque: false, channel: null },
    message: null,
  };
}

export function asksFor(operation: readonly Operation[], ...paths: readonly string[]): Policy['ask'][number] {
  return { ...askRule({}), ...pathRule(operation, ...paths) };
}

/** All is allowed but what the policy says. */
export function allBut(more: Partial<Policy>): Policy {
  return { ...UNGUARDED, name: 'files', allow: [], ...more };
}

/** Only these directories, whatever rules say. */
export function within(...directories: readonly string[]): Policy {
  return allBut({ scope: { schemas: null, namespaces: null, paths: null, directories } });
}
