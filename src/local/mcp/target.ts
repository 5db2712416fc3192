import { HoopError } from '../../core/errors.ts';
import { type Given, requiredText } from './arguments.ts';

/** The target that is meant. @throws HoopError `cli.usage`; `config.target` when it is not served */
export function targetGiven(given: Given, served: readonly string[]): string {
  const name = requiredText(given, 'target');
  if (served.includes(name)) return name;
  throw new HoopError('config.target', `there is no target ${JSON.stringify(name.slice(0, 64))} here`, {
    hint: `The targets are: ${served.join(', ')}.`,
  });
}
