import type { MaskMethod } from '../core/mask.ts';

/** A column as `mask` rules name it: what is special in patterns, and in names, is quoted. */
export function columnName(parts: readonly string[]): string {
  return parts.map(patternOf).join('.');
}

/** A line of `mask`, without the dash: what it is read as is exactly this rule. */
export function ruleYaml(column: string, method: MaskMethod): string {
  const how = typeof method === 'string' ? method : `{ partial: ${method.partial} }`;
  return `{ column: ${scalarOf(column)}, with: ${how} }`;
}

const PLAIN = /^[\p{L}_][\p{L}\p{N}_$-]*$/u;

function patternOf(name: string): string {
  if (PLAIN.test(name)) return name;
  // Quoted names take no control characters; an expression can write them down.
  if (/\p{Cc}/u.test(name)) return `/${name.replaceAll(/[^\p{L}\p{N}_]/gu, coded)}/`;
  return `"${name.replaceAll('"', '""')}"`;
}

const coded = (sign: string): string => `\\x{${(sign.codePointAt(0) ?? 0).toString(16)}}`;

/** YAML reads JSON's strings as they are; what a terminal might obey is written in escapes that both know. */
function scalarOf(text: string): string {
  if (text.split('.').every((part) => PLAIN.test(part))) return text;
  return JSON.stringify(text).replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped);
}

function escaped(sign: string): string {
  const point = sign.codePointAt(0) ?? 0;
  return point > 0xffff ? `\\U${point.toString(16).padStart(8, '0')}` : `\\u${point.toString(16).padStart(4, '0')}`;
}
