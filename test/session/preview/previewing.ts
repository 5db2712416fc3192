import type { Preview, PreviewDepth } from '../../../src/core/request.ts';
import { systemClock } from '../../../src/core/clock.ts';
import { parseConfig } from '../../../src/config/load.ts';
import type { Policy } from '../../../src/policy/rules.ts';
import { Judge, openBench } from '../../../src/session/judge.ts';
import type { Judgement } from '../../../src/session/judgement.ts';
import { Masks } from '../../../src/session/masks.ts';
import { Previewer } from '../../../src/session/preview/previewer.ts';
import { person } from '../../policy/examples.ts';
import type { ScriptedGuard } from '../../protocols/postgres/scripted.ts';
import { CountingGrammar } from '../bench.ts';

const KEY = Buffer.alloc(32, 'k');

function policyOf(text: string): Policy {
  const file = `version: 1
targets: { pg: { protocol: postgres, address: "127.0.0.1:5432", database: app, user: app, tls: disable, policy: [p] } }
policies: { p: ${text} }
`;
  const found = parseConfig(file, 'hoopctl.yaml').policies.get('p');
  if (found === undefined) throw new Error('no policy');
  return found;
}

/** What is found out of statements with the word `held` in them, before they are let through. */
export interface Previewing {
  readonly previews: (Preview | null)[];
  readonly judgements: Judgement[];
  /** Called with a signal's controller when a preview begins. */
  onBegin: (off: AbortController) => void;
  depth: PreviewDepth;
}

/** Judges and previews on the connection of this guard, as a session does. */
export function previewing(guard: ScriptedGuard, policy = '{ default: allow }'): Previewing {
  const policies = [policyOf(policy)];
  const grammar = new CountingGrammar();
  const bench = openBench({ identity: person, policies, grammar, clock: systemClock });
  const judge = new Judge(bench, guard.catalog);
  const masks = new Masks(KEY, [policies]);
  const state: Previewing = { previews: [], judgements: [], onBegin: () => undefined, depth: 'trial' };
  const previewer = new Previewer({
    grammar,
    trials: guard.trials,
    key: KEY,
    keepUndo: null,
    judge: async (statement) => judge.judge(statement),
    masking: (judgement) => (columns, rewriter) => {
      const [result] = judgement.results;
      const cells = masks.of(columns, result?.disclosure ?? null, judge.masks);
      return {
        transparent: cells === null,
        mask: (frames) => (cells === null ? frames : rewriter.rewrite(frames, cells)) as never,
      };
    },
    hides: (relation) => (judge.masks?.of(relation) ?? null) !== null || masks.detection !== null,
  });
  guard.before = async (statement) => {
    if (!statement.text.includes('held') || statement.phase === 'prepare' || statement.phase === 'execute') return null;
    const judgement = await judge.judge(statement);
    state.judgements.push(judgement);
    const off = new AbortController();
    state.onBegin(off);
    state.previews.push(await previewer.preview(statement, judgement, { depth: state.depth, signal: off.signal }));
    return null;
  };
  return state;
}
