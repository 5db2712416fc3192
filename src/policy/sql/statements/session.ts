import { type At, emit, endTransaction, unsettle } from '../context.ts';
import { emitSetting, type SettingValue } from '../settings.ts';
import {
  type Body,
  bodyAt,
  constantInteger,
  constantText,
  definitions,
  listAt,
  nodeAt,
  requiredText,
  textAt,
  Unintelligible,
} from '../tree.ts';
import { type Handler, visitFields } from '../walk.ts';

function setVariable(body: Body, at: At): void {
  visitFields('VariableSetStmt', body, at);
  switch (body['kind']) {
    case 'VAR_SET_VALUE':
      return emitSetting(at, requiredText(body['name']), valueOf(body['args']));
    case 'VAR_SET_DEFAULT':
    case 'VAR_RESET':
      return emitSetting(at, requiredText(body['name']), null);
    case 'VAR_SET_CURRENT':
      return emitSetting(at, requiredText(body['name']), null);
    case 'VAR_SET_MULTI':
      return setMany(body, at);
    case 'VAR_RESET_ALL':
      unsettle(at.run, 'locally');
      return emit(at, { action: 'set', object: 'setting', name: 'all' });
    default:
      throw new Unintelligible('an unknown form of SET');
  }
}

/** The value as one text, lists joined as the server joins them. */
function valueOf(args: unknown): SettingValue {
  const parts: string[] = [];
  for (const item of listAt(args)) {
    const node = nodeAt(item);
    const constant = node?.type === 'TypeCast' ? node.body['arg'] : item;
    const text = constantText(constant) ?? constantInteger(constant)?.toString() ?? floatOf(constant);
    if (text === null) return 'unknown';
    parts.push(text);
  }
  return { text: parts.join(', ') };
}

function floatOf(tree: unknown): string | null {
  const node = nodeAt(tree);
  if (node?.type !== 'A_Const' || node.body['fval'] === undefined) return null;
  return textAt(bodyAt(node.body['fval'])['fval']);
}

/** SET TRANSACTION, SET SESSION CHARACTERISTICS, SET TRANSACTION SNAPSHOT. */
function setMany(body: Body, at: At): void {
  if (body['name'] === 'TRANSACTION SNAPSHOT') {
    emit(at, { action: 'set', object: 'setting', name: 'transaction_snapshot' });
    return;
  }
  if (body['name'] !== 'TRANSACTION' && body['name'] !== 'SESSION CHARACTERISTICS') {
    throw new Unintelligible('an unknown form of SET');
  }
  transactionModes(body['args'], at, true);
}

function transactionModes(tree: unknown, at: At, telling: boolean): void {
  for (const { name, value } of definitions(tree)) {
    const integer = constantInteger(value);
    const setting = integer === null ? constantText(value) : integer.toString();
    // BEGIN READ ONLY and isolation levels touch nothing.
    const lifts = name === 'transaction_read_only' && setting !== '1';
    if (telling || lifts) emitSetting(at, name, setting === null ? 'unknown' : { text: setting });
  }
}

function transaction(body: Body, at: At): void {
  visitFields('TransactionStmt', body, at, ['options']);
  switch (body['kind']) {
    case 'TRANS_STMT_BEGIN':
    case 'TRANS_STMT_START':
      return transactionModes(body['options'], at, false);
    case 'TRANS_STMT_SAVEPOINT':
    case 'TRANS_STMT_RELEASE':
      return undefined;
    case 'TRANS_STMT_COMMIT':
    case 'TRANS_STMT_ROLLBACK':
    case 'TRANS_STMT_ROLLBACK_TO':
      return endTransaction(at.run);
    case 'TRANS_STMT_PREPARE':
    case 'TRANS_STMT_COMMIT_PREPARED':
    case 'TRANS_STMT_ROLLBACK_PREPARED':
      unsettle(at.run);
      // It outlives the session, or ends what another one began.
      return emit(at, { action: 'server-admin', object: 'system', name: 'prepared transaction' });
    default:
      throw new Unintelligible('an unknown form of transaction statement');
  }
}

function discard(body: Body, at: At): void {
  emit(at, { action: 'set', object: 'setting', name: 'all' });
  unsettle(at.run, 'locally');
  if (body['target'] === 'DISCARD_ALL') at.run.changes.push({ kind: 'deallocate', name: null });
}

function alterSystem(body: Body, at: At): void {
  const name = textAt(bodyAt(body['setstmt'])['name']);
  emit(at, { action: 'server-admin', object: 'system', name: name?.toLowerCase() ?? null });
}

export const SESSION: Readonly<Record<string, Handler>> = {
  VariableSetStmt: setVariable,
  VariableShowStmt: (body, at) => {
    emit(at, { action: 'select', object: 'setting', name: requiredText(body['name']).toLowerCase() });
  },
  TransactionStmt: transaction,
  DiscardStmt: discard,
  AlterSystemStmt: alterSystem,
  ConstraintsSetStmt: (_body, at) => emit(at, { action: 'set', object: 'setting', name: 'constraints' }),
  ListenStmt: (body, at) => emit(at, { action: 'listen', object: 'channel', name: textAt(body['conditionname']) }),
  UnlistenStmt: (body, at) => visitFields('UnlistenStmt', body, at),
  NotifyStmt: (body, at) => emit(at, { action: 'notify', object: 'channel', name: textAt(body['conditionname']) }),
  LoadStmt: (body, at) => {
    unsettle(at.run);
    emit(at, { action: 'load', object: 'system', name: textAt(body['filename']), opaque: true });
  },
};
