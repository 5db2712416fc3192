import type { Guard } from '../../../core/guard.ts';
import { visible } from '../../../core/visible.ts';
import type { Extra } from './extras.ts';

const NAMES: Readonly<Record<Extra['kind'], string>> = { agent: 'the client’s agent', x11: 'the client’s display' };

/** Lays down what becomes of something of a client's. `words` follow its name, and are the target's in part. */
export function noteLoan(guard: Guard, connection: number, kind: Extra['kind'], words: string): Promise<void> {
  const message = guard.words(visible(`${NAMES[kind]} ${words}`));
  return guard.note({ type: 'notice', connection, code: `ssh.${kind}`, message });
}
