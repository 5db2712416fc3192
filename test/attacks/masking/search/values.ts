import { deeper, type Scope } from './scope.ts';
import { type Piece, type ValueSort } from './tree.ts';

/** Constants. None of them is a value of a masked column. */
const constants: Record<ValueSort, readonly string[]> = {
  int: ['0', '1', '2', '3', '7', '40', 'null::int'],
  number: ['0', '1.5', '20.5', '50000000000', 'null::numeric'],
  text: ["'x'", "'Rome'", "'customer 3'", "''", "'%a%'", "'m'", "'nobody@example.com'", 'null::text'],
  bool: ['true', 'false', 'null::boolean'],
  date: ["date '2024-03-12'", "date '1850-01-01'", 'null::date'],
  json: [`'{"a": [1, 2]}'::jsonb`, "'null'::jsonb"],
  array: ["array['x', 'y']", "'{}'::text[]"],
  bytes: ["'\\x80'::bytea"],
  address: ["row('m', 'z', 1)::app.address"],
};

/** Ways to make a value of others: a sort in braces stands for a value of it. */
const forms: Record<ValueSort, readonly string[]> = {
  int: [
    '{int} + {int}',
    '{int} * 2',
    '{int} % 5',
    'length({text})',
    'strpos({text}, {text})',
    'ascii({text})',
    'coalesce({int}, {int})',
    'case when {bool} then {int} else {int} end',
    'extract(year from {date})::int',
    'cardinality({array})',
    'octet_length({bytes})',
    'get_byte({bytes}, 0)',
    'jsonb_array_length(jsonb_build_array({text}, {int}))',
    'hashtext({text}) % 3',
    'nullif({int}, {int})',
    'greatest({int}, {int})',
    '({bool})::int',
    '({text})::int',
    '10 / {int}',
    'width_bucket({number}, 0, 100000000000, 9)',
    '({address}).floor',
    '({date} - {date})',
  ],
  number: ['{number} + {int}', 'round({number}, -2)', 'coalesce({number}, 0)', '{number} / 3', 'abs({number})'],
  text: [
    'lower({text})',
    'upper({text})',
    '{text} || {text}',
    'substr({text}, {int}, 3)',
    'left({text}, 4)',
    'reverse({text})',
    "coalesce({text}, 'none')",
    'nullif({text}, {text})',
    'case when {bool} then {text} else {text} end',
    '({int})::text',
    '({number})::text',
    '({date})::text',
    '({json})::text',
    "{json} ->> 'pin'",
    '({array})[1]',
    "array_to_string({array}, '-')",
    "encode({bytes}, 'hex')",
    'md5({text})',
    "split_part({text}, '@', 1)",
    "replace({text}, 'a', 'b')",
    "concat_ws(':', {text}, {int})",
    "format('%s/%s', {text}, {bool})",
    'greatest({text}, {text})',
    '({address}).street',
    'app.same({text})',
    'app.initial({text})',
    '{text} operator(app.<+>) {text}',
    "to_char({date}, 'YYYY')",
  ],
  bool: [
    '{int} = {int}',
    '{int} < {int}',
    '{int} in ({int}, 2, 3)',
    '{text} = {text}',
    '{text} < {text}',
    '{text} like {text}',
    "{text} ~ '[a-f]'",
    '{number} > {number}',
    '{date} between {date} and {date}',
    '{bool} and {bool}',
    '{bool} or {bool}',
    'not {bool}',
    '{text} is null',
    '{text} is not distinct from {text}',
    '{text} = any ({array})',
    "{json} ? 'pin'",
    '{json} @> {json}',
    "{json} @? '$.level ? (@ > 5)'",
    'starts_with({text}, {text})',
    'coalesce({bool}, false)',
    '({text}, {int}) = ({text}, {int})',
  ],
  date: ['{date} + {int}', 'coalesce({date}, {date})', "date_trunc('month', {date})::date", 'least({date}, {date})'],
  json: [
    'to_jsonb({text})',
    "jsonb_build_object('a', {text}, 'b', {int})",
    'jsonb_build_array({text}, {date})',
    "coalesce({json}, '{}')",
    "{json} -> 'list'",
    'to_jsonb({array})',
    'to_jsonb({address})',
  ],
  array: [
    'array[{text}, {text}]',
    'array_append({array}, {text})',
    "string_to_array({text}, '@')",
    '{array} || {array}',
  ],
  bytes: ["convert_to({text}, 'UTF8')", 'substr({bytes}, 2)', 'sha256({bytes})'],
  address: ['row({text}, {text}, {int})::app.address'],
};

/** A text with values in it, as a piece. `fill` makes the value for each sort that stands in braces. */
export function filledIn(sort: Piece['sort'], form: string, fill: (sort: ValueSort) => Piece): Piece {
  const parts = form.split(/\{(int|number|text|bool|date|json|array|bytes|address)\}/);
  const pieces = parts.map((part, index) => (index % 2 === 1 ? fill(part as ValueSort) : part));
  return { sort, parts: pieces };
}

function column(scope: Scope, sort: ValueSort): Piece | null {
  const usable = scope.sources.flatMap(({ alias, relation }) =>
    relation.columns
      .filter((each) => each.sort === sort && (scope.temper === 'wild' || !each.secret))
      .map((each) => ({ ...each, alias })),
  );
  if (usable.length === 0) return null;
  const secrets = usable.filter((each) => each.secret);
  const preferred = secrets.length > 0 && scope.random.chance(0.5) ? secrets : usable;
  const { alias, name, secret } = scope.random.pick(preferred);
  return { sort, parts: [`${alias}.${name}`], ...(secret ? { secret } : {}) };
}

/** Seldom null: what is compared with it gives no rows, and tells nothing. */
function constant(scope: Scope, sort: ValueSort): Piece {
  const usable = scope.random.chance(0.1)
    ? constants[sort]
    : constants[sort].filter((each) => !each.startsWith('null:'));
  return { sort, parts: [scope.random.pick(usable)] };
}

/** A value of a sort, of what is in reach. */
export function value(scope: Scope, sort: ValueSort): Piece {
  const { random } = scope;
  if (scope.depth <= 0 || random.chance(0.4)) {
    const leaf = random.chance(0.75) ? column(scope, sort) : null;
    return leaf ?? constant(scope, sort);
  }
  const made = filledIn(sort, random.pick(forms[sort]), (inner) => value(deeper(scope), inner));
  return { sort, parts: ['(', made, ')'] };
}

/** A masked column compared as a whole with a constant or with another one; null when none is in reach. */
function equality(scope: Scope): Piece | null {
  const { random } = scope;
  const secrets = scope.sources.flatMap(({ alias, relation }) =>
    relation.columns.filter((each) => each.secret && each.sort === 'text').map((each) => `${alias}.${each.name}`),
  );
  if (secrets.length === 0) return null;
  const one: Piece = { sort: 'text', parts: [random.pick(secrets)], secret: true };
  const other: Piece = random.chance(0.4)
    ? { sort: 'text', parts: [random.pick(secrets)], secret: true }
    : { sort: 'text', parts: [random.pick(["'x'", "'nobody@example.com'", "'Rome'"])] };
  const operator = random.pick([' = ', ' = ', ' <> ', ' is not distinct from ']);
  return { sort: 'bool', parts: ['(', one, operator, other, ')'] };
}

/** A condition. */
export function condition(scope: Scope): Piece {
  if (scope.temper === 'equal' && scope.random.chance(0.6)) {
    const found = equality(scope);
    if (found !== null) return found;
  }
  const form = scope.random.pick(forms.bool);
  return { sort: 'bool', parts: ['(', filledIn('bool', form, (inner) => value(deeper(scope), inner)), ')'] };
}

/** A masked column by itself; null when none is in reach. */
export function bareSecret(scope: Scope): { readonly piece: Piece; readonly sort: ValueSort } | null {
  const secrets = scope.sources.flatMap(({ alias, relation }) =>
    relation.columns.filter((each) => each.secret).map((each) => ({ ...each, alias })),
  );
  if (secrets.length === 0) return null;
  const { alias, name, sort } = scope.random.pick(secrets);
  return { piece: { sort, parts: [`${alias}.${name}`], secret: true }, sort };
}
