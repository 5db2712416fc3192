import { compileExpression } from '../../policy/mask/detect/expression.ts';
import { DETECTOR_NAMES } from '../../policy/mask/detect/names.ts';
import type { MaskRule } from '../../policy/rules.ts';
import { keyed, optional, required } from '../keyed.ts';
import { BAD, type Bad, choice, integer, oneOrMore, refine, type Shape, text } from '../shape.ts';
import { column } from './names.ts';

const detector: Shape<string> = (() => {
  const name = choice(DETECTOR_NAMES, 'detector');
  const written = text({ expected: 'a detector, or an expression such as "/EMP-[0-9]{6}/"' });
  return {
    expected: written.expected,
    schema: { anyOf: [name.schema, { type: 'string', pattern: '^/.+/$', maxLength: 512 }] },
    read(node, report, path) {
      const value = written.read(node, report, path);
      if (value === BAD) return BAD;
      if (!value.startsWith('/')) return name.read(node, report, path);
      const compiled = compileExpression(value);
      return compiled.ok ? value : report.add(node.at, `${path}: the expression ${compiled.reason}`);
    },
  };
})();

const MASKS = ['redact', 'hash', 'token'] as const;

const masking: Shape<MaskRule['with']> = (() => {
  const partial = keyed(
    {
      partial: required(
        {
          expected: '"domain", or how many characters to keep',
          schema: { anyOf: [{ const: 'domain' }, { type: 'integer', minimum: 1, maximum: 64 }] },
          read(node, report, path): 'domain' | number | Bad {
            if (node.kind === 'scalar' && node.value === 'domain') return 'domain';
            return integer(1, 64).read(node, report, path);
          },
        },
        'What is kept: the domain of an address, or that many characters at the end.',
      ),
    },
    { what: '{ partial: domain } or { partial: N }' },
  );
  const word = choice([...MASKS, 'null'], 'mask');
  return {
    expected: 'a mask',
    schema: { anyOf: [word.schema, { type: 'null' }, partial.schema] },
    read(node, report, path) {
      if (node.kind === 'map') return partial.read(node, report, path);
      // To YAML the word null is no text; here it is the mask of that name.
      if (node.kind === 'scalar' && node.explicit === true) return 'null';
      return word.read(node, report, path);
    },
  };
})();

const mask = keyed(
  {
    column: optional(column, null, 'Columns, as schema.table.column; a missing schema is any.'),
    field: optional(oneOrMore(text()), null, 'JSON pointers, with * for any one step.'),
    detect: optional(oneOrMore(detector), null, 'What to find wherever it stands: detectors, or expressions as /…/.'),
    with: required(masking, 'What is shown instead.'),
    except: optional(column, null, 'Columns in which what is detected may be shown.'),
  },
  { what: 'a mask', exactlyOne: ['column', 'field', 'detect'] },
);

/** A rule of `mask`. */
export const maskRule: Shape<MaskRule> = refine(mask, (value, node, report, path) => {
  if (value.except === null || value.detect !== null) return value;
  return report.add(node.at, `${path}.except goes with "detect" only: name fewer columns instead`);
});
