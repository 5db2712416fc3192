import type { Effect } from '../../core/action.ts';
import type { CommandRule, Pattern } from '../rules.ts';
import type { Sense } from '../sense.ts';

/** True when every key of the rule that is set holds for the effect. False between SQL and SSH: neither speaks of the other. */
export function commandMatches(rule: CommandRule | undefined, effect: Effect, sense: Sense): boolean {
  const { command } = effect;
  if (rule === undefined || command === undefined) return false;
  if (rule.opaque && !effect.opaque) return false;
  if (rule.channel !== null && !rule.channel.includes(command.channel)) return false;
  if (rule.operation !== null && !rule.operation.some((operation) => operation === effect.action)) return false;
  if (rule.program !== null && !isAny(rule.program, command.program, sense)) return false;
  if (rule.args !== null && !command.args.some((word) => isAny(rule.args ?? [], word, sense))) return false;
  return rule.path === null || (effect.object === 'path' && isAny(rule.path, effect.name, sense));
}

/** True when the rule speaks of what cannot be known itself: by saying so, or by the program's name. */
export function commandNames(rule: CommandRule | undefined, effect: Effect, sense: Sense): boolean {
  if (rule === undefined || !(rule.opaque || (rule.program !== null && effect.command?.program !== null))) return false;
  return commandMatches(rule, effect, sense);
}

/** What is not known could be anything. */
function isAny(patterns: readonly Pattern[], text: string | null, sense: Sense): boolean {
  return text === null ? sense === 'could' : patterns.some((pattern) => pattern.matches(text));
}
