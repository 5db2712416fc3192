import { text as readAll } from 'node:stream/consumers';
import { targetNamed } from '../../config/load.ts';
import { CHANNELS } from '../../core/action.ts';
import { HoopError } from '../../core/errors.ts';
import { type Identity, identityLabel } from '../../core/identity.ts';
import type { ProtocolName } from '../../core/target.ts';
import { ruleName } from '../../policy/cases.ts';
import { visible, visibleLines } from '../../core/visible.ts';
import { openGrammar } from '../../session/grammar.ts';
import type { Judgement } from '../../session/judgement.ts';
import { whoIsKnown } from '../asking.ts';
import type { Run } from '../command.ts';
import { readConfig } from '../configuration.ts';
import { describeEffect } from '../../core/effect-line.ts';
import { functionsOf, pathsOf, programsOf, tablesOf } from '../effect-view.ts';
import { openExplaining } from '../explaining.ts';
import { type Facts, maskingFacts, shownMasking } from '../masking-view.ts';
import { termsLine } from '../request-view.ts';
import type { Terminal } from '../terminal.ts';

export const explain: Run = async (invocation) => {
  const { terminal, options } = invocation;
  const target = options.text('target') ?? '';
  const [given = ''] = invocation.arguments;
  const text = given === '-' ? await readAll(terminal.stdin) : given;
  const channel = CHANNELS.find((one) => one === options.text('channel')) ?? null;
  const config = await readConfig(invocation);
  const { protocol } = targetNamed(config, target);
  if (text.trim() === '' && channel === null) throw nothingAsked(target, protocol);
  const grammar = openGrammar();
  if (protocol !== 'ssh') grammar.load();
  const explainer = openExplaining(invocation, config, grammar);
  try {
    const asker = await whoIsKnown(invocation, config);
    const judgement = await explainer.judge(target, asker, { text, channel });
    if (options.flag('json')) terminal.json({ version: 1, target, identity: asker, ...explained(judgement) });
    else printJudgement(terminal, asker, judgement);
    return 0;
  } finally {
    explainer.close();
    await grammar.close();
  }
};

function nothingAsked(target: string, protocol: ProtocolName): HoopError {
  const [what, example] = protocol === 'ssh' ? ['command', 'rm -rf /srv'] : ['statement', 'SELECT 1'];
  return new HoopError('cli.usage', `there is no ${what} to explain`, {
    hint: `hoopctl policy explain "${example}" --target ${target}`,
  });
}

const COLOURS = { allow: 'green', ask: 'yellow', deny: 'red' } as const;

function explained({ decision, effects, terms, maskings }: Judgement): Readonly<Record<string, unknown>> {
  return {
    verdict: decision.verdict,
    rule: { name: ruleName(decision.rule), ...decision.rule },
    effect: decision.effect,
    refusal: decision.refusal,
    terms,
    effects,
    tables: tablesOf(effects),
    functions: functionsOf(effects),
    programs: programsOf(effects),
    paths: pathsOf(effects),
    statements: maskings.map(shownMasking),
  };
}

function printJudgement(terminal: Terminal, asker: Identity, judgement: Judgement): void {
  const { decision, effects, terms, maskings } = judgement;
  const { verdict, rule, effect, refusal } = decision;
  const fact = (name: string, value: string): void =>
    terminal.line(`${terminal.style('bold', name.padEnd(11))}${value}`);
  fact('for', visible(identityLabel(asker)));
  fact('decision', terminal.style(COLOURS[verdict], verdict));
  fact('rule', visible(ruleName(rule)));
  if (effect !== null) fact('because of', visible(describeEffect(effect)));
  if (refusal !== null) {
    fact('message', visibleLines(refusal.message));
    fact('detail', visibleLines(refusal.detail));
    fact('hint', visibleLines(refusal.hint));
  }
  const facts: Facts = [
    ['asked by', terms.map(termsLine)],
    ...maskings.flatMap((one, index) => maskingFacts(one, maskings.length > 1 ? ` ${index + 1}` : '')),
    ['effects', effects.map(describeEffect)],
    ['tables', tablesOf(effects)],
    ['functions', functionsOf(effects)],
    ['programs', programsOf(effects)],
    ['paths', pathsOf(effects)],
  ];
  for (const [name, values] of facts) {
    for (const [index, value] of values.entries()) fact(index === 0 ? name : '', visible(value));
  }
}
