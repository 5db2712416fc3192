import { type Body, bodyAt, constantInteger, isBody, listAt, nameParts, nodeAt, shapeOf, textAt } from './tree.ts';

/** A value known before the statement runs. Undefined stands for one that is not. */
export type Constant = boolean | number | string | null;

const TRUTHS: ReadonlySet<string> = new Set(['t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1']);
const FALSEHOODS: ReadonlySet<string> = new Set(['f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0']);

/** The value of an expression of constants, as far as it can be told; undefined otherwise. */
export function fold(tree: unknown): Constant | undefined {
  const node = nodeAt(tree);
  if (node === null) return undefined;
  switch (node.type) {
    case 'A_Const':
      return foldConstant(node.body);
    case 'TypeCast':
      return foldCast(node.body);
    case 'BoolExpr':
      return foldLogic(node.body);
    case 'A_Expr':
      return foldOperator(node.body);
    case 'NullTest':
      return foldNullTest(node.body);
    case 'BooleanTest':
      return foldBooleanTest(node.body);
    case 'CoalesceExpr':
      return foldCoalesce(node.body);
    case 'CaseExpr':
      return foldCase(node.body);
    case 'SubLink':
      return foldSubLink(node.body);
    case 'CollateClause':
      return fold(node.body['arg']);
    default:
      return undefined;
  }
}

function foldConstant(body: Body): Constant | undefined {
  if (body['isnull'] === true) return null;
  if (body['boolval'] !== undefined) return bodyAt(body['boolval'])['boolval'] === true;
  if (body['sval'] !== undefined) return textAt(bodyAt(body['sval'])['sval']) ?? '';
  if (body['fval'] !== undefined) return Number(textAt(bodyAt(body['fval'])['fval']) ?? 'NaN');
  return constantInteger({ A_Const: body }) ?? undefined;
}

function foldCast(body: Body): Constant | undefined {
  const value = fold(body['arg']);
  const type = nameParts(bodyAt(body['typeName'])['names']).at(-1);
  if (value === undefined || value === null) return value;
  if (type === 'bool') return truthOf(value);
  if (type === 'text' || type === 'varchar') return typeof value === 'string' ? value : undefined;
  const numeric = type === 'int4' || type === 'int8' || type === 'int2' || type === 'numeric' || type === 'float8';
  if (!numeric || typeof value === 'boolean') return undefined;
  const number = typeof value === 'number' ? value : Number(value);
  return Number.isNaN(number) ? undefined : number;
}

function truthOf(value: boolean | number | string): boolean | undefined {
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return value !== 0;
  const text = value.trim().toLowerCase();
  if (TRUTHS.has(text)) return true;
  return FALSEHOODS.has(text) ? false : undefined;
}

/** As a condition: an untyped literal becomes a boolean. */
export function foldCondition(tree: unknown): boolean | null | undefined {
  const value = fold(tree);
  return value === undefined || value === null ? value : truthOf(value);
}

function foldLogic(body: Body): boolean | null | undefined {
  const values = listAt(body['args']).map(foldCondition);
  switch (body['boolop']) {
    case 'NOT_EXPR': {
      const [value] = values;
      return typeof value === 'boolean' ? !value : value;
    }
    case 'AND_EXPR':
      if (values.includes(false)) return false;
      if (values.includes(undefined)) return undefined;
      return values.includes(null) ? null : true;
    case 'OR_EXPR':
      if (values.includes(true)) return true;
      if (values.includes(undefined)) return undefined;
      return values.includes(null) ? null : false;
    default:
      return undefined;
  }
}

function foldOperator(body: Body): Constant | undefined {
  const operator = nameParts(body['name']).at(-1) ?? '';
  const left = fold(body['lexpr']);
  switch (body['kind']) {
    case 'AEXPR_OP':
      if (body['lexpr'] === undefined) return undefined;
      return vanishing(operator, body) ?? combine(operator, left, fold(body['rexpr']));
    case 'AEXPR_LIKE':
    case 'AEXPR_ILIKE':
      return foldLike(operator, left, fold(body['rexpr']));
    case 'AEXPR_DISTINCT':
    case 'AEXPR_NOT_DISTINCT': {
      const right = fold(body['rexpr']);
      if (left === undefined || right === undefined) return undefined;
      return (left === right) === (body['kind'] === 'AEXPR_NOT_DISTINCT');
    }
    case 'AEXPR_IN': {
      const items = listAt(nodeAt(body['rexpr'])?.body['items']).map((item) => combine('=', left, fold(item)));
      const within = items.includes(true) ? true : items.every((item) => item === false) ? false : undefined;
      return within === undefined ? undefined : within === (operator === '=');
    }
    case 'AEXPR_OP_ANY': {
      const array = nodeAt(body['rexpr']);
      if (array?.type !== 'A_ArrayExpr') return undefined;
      const items = listAt(array.body['elements']).map((item) => combine(operator, left, fold(item)));
      return items.includes(true) ? true : undefined;
    }
    case 'AEXPR_BETWEEN':
    case 'AEXPR_NOT_BETWEEN': {
      const [low, high] = listAt(nodeAt(body['rexpr'])?.body['items']).map(fold);
      const above = combine('>=', left, low);
      const below = combine('<=', left, high);
      if (typeof above !== 'boolean' || typeof below !== 'boolean') return undefined;
      return (above && below) === (body['kind'] === 'AEXPR_BETWEEN');
    }
    default:
      return undefined;
  }
}

/** `x - x` and `x * 0`, whatever x is. */
function vanishing(operator: string, body: Body): 0 | undefined {
  if (operator === '-' && shapeOf(body['lexpr']) === shapeOf(body['rexpr'])) return 0;
  const zero = operator === '*' && (fold(body['lexpr']) === 0 || fold(body['rexpr']) === 0);
  return zero ? 0 : undefined;
}

function foldLike(operator: string, left: Constant | undefined, right: Constant | undefined): boolean | undefined {
  if (typeof left !== 'string' || typeof right !== 'string') return undefined;
  if (right !== left && !/^%+$/u.test(right)) return undefined;
  return !operator.startsWith('!');
}

function combine(operator: string, left: Constant | undefined, right: Constant | undefined): Constant | undefined {
  if (left === undefined || right === undefined) return undefined;
  if (left === null || right === null) return null;
  if (typeof left === 'number' && typeof right === 'string') return combine(operator, left, toNumber(right));
  if (typeof left === 'string' && typeof right === 'number') return combine(operator, toNumber(left), right);
  if (typeof left === 'boolean' && typeof right === 'string') return combine(operator, left, truthOf(right));
  if (typeof left === 'string' && typeof right === 'boolean') return combine(operator, truthOf(left), right);
  if (typeof left === 'number' && typeof right === 'number') return arithmetic(operator, left, right);
  if (operator === '=') return left === right;
  if (operator === '<>') return left !== right;
  if (operator === '||' && typeof left === 'string' && typeof right === 'string') return left + right;
  // The order of texts hangs on the collation: equal ones are all that can be told.
  if ((operator === '<=' || operator === '>=') && left === right) return true;
  return undefined;
}

function toNumber(text: string): number | undefined {
  const number = Number(text);
  return text.trim() === '' || Number.isNaN(number) ? undefined : number;
}

function arithmetic(operator: string, left: number, right: number): Constant | undefined {
  switch (operator) {
    case '=':
      return left === right;
    case '<>':
      return left !== right;
    case '<':
      return left < right;
    case '>':
      return left > right;
    case '<=':
      return left <= right;
    case '>=':
      return left >= right;
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    default:
      return undefined;
  }
}

function foldNullTest(body: Body): boolean | undefined {
  const value = fold(body['arg']);
  if (value === undefined) return undefined;
  return (value === null) === (body['nulltesttype'] === 'IS_NULL');
}

function foldBooleanTest(body: Body): boolean | undefined {
  const value = foldCondition(body['arg']);
  if (value === undefined) return undefined;
  switch (body['booltesttype']) {
    case 'IS_TRUE':
      return value === true;
    case 'IS_NOT_TRUE':
      return value !== true;
    case 'IS_FALSE':
      return value === false;
    case 'IS_NOT_FALSE':
      return value !== false;
    case 'IS_UNKNOWN':
      return value === null;
    case 'IS_NOT_UNKNOWN':
      return value !== null;
    default:
      return undefined;
  }
}

function foldCoalesce(body: Body): Constant | undefined {
  for (const argument of listAt(body['args'])) {
    const value = fold(argument);
    if (value !== null) return value;
  }
  return null;
}

function foldCase(body: Body): Constant | undefined {
  const subject = body['arg'] === undefined ? undefined : fold(body['arg']);
  if (body['arg'] !== undefined && subject === undefined) return undefined;
  for (const item of listAt(body['args'])) {
    const when = nodeAt(item)?.body;
    const holds =
      body['arg'] === undefined ? foldCondition(when?.['expr']) : combine('=', subject, fold(when?.['expr']));
    if (holds === undefined) return undefined;
    if (holds === true) return fold(when?.['result']);
  }
  return body['defresult'] === undefined ? null : fold(body['defresult']);
}

/** Sub-selects without FROM and conditions give one row. */
function foldSubLink(body: Body): Constant | undefined {
  const select = nodeAt(body['subselect']);
  if (select?.type !== 'SelectStmt' || !isBody(select.body)) return undefined;
  const known = new Set(['targetList', 'limitOption', 'op']);
  if (Object.keys(select.body).some((key) => !known.has(key)) || select.body['op'] !== 'SETOP_NONE') return undefined;
  if (body['subLinkType'] === 'EXISTS_SUBLINK') return true;
  const targets = listAt(select.body['targetList']);
  if (body['subLinkType'] !== 'EXPR_SUBLINK' || targets.length !== 1) return undefined;
  return fold(nodeAt(targets[0])?.body['val']);
}
