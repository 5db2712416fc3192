import { declaredAgent, type Identity } from '../../core/identity.ts';
import type { Standing } from '../../core/standing.ts';

/** An agent that its person names: it stands for as long as the person does. */
export function agentStanding(name: string, person: Standing): Standing {
  let of = person.identity;
  let agent = declaredAgent(name, of);
  const current = (): Identity => {
    if (person.identity !== of) {
      of = person.identity;
      agent = declaredAgent(name, of);
    }
    return agent;
  };
  return {
    get identity() {
      return current();
    },
    doubt: () => person.doubt(),
    listen: (listener) => person.listen((now) => listener(now === null ? null : current())),
    close: () => person.close(),
  };
}
