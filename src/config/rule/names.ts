import { compileNamePattern, compilePattern } from '../../policy/pattern.ts';
import type { NamePattern, Pattern } from '../../policy/rules.ts';
import { oneOrMore, refine, type Shape, text } from '../shape.ts';

/** A pattern of a single name. */
export const namePart: Shape<Pattern> = refine(patternText(), (value, node, report, path) => {
  const compiled = compilePattern(value);
  return compiled.ok ? compiled.value : report.add(node.at, `${path}: the pattern ${compiled.reason}`);
});

/** A pattern of names joined by dots. `example` is shown when there are too few or too many of them. */
export function namePattern(least: number, most: number, example: string): Shape<NamePattern> {
  return refine(patternText(), (value, node, report, path) => {
    const compiled = compileNamePattern(value);
    if (!compiled.ok) return report.add(node.at, `${path}: the pattern ${compiled.reason}`);
    const count = compiled.value.parts.length;
    if (count >= least && count <= most) return compiled.value;
    return report.add(node.at, `${path}: expected ${least} to ${most} names joined by dots, such as ${example}`);
  });
}

function patternText(): Shape<string> {
  return text({ expected: 'a name or a pattern', longest: 512 });
}

/** Columns, as rules and masks name them. */
export const column = oneOrMore(namePattern(2, 3, '"app.customers.email" or "*.*.ssn"'));
