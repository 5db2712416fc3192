import { BACKEND, encodeFields } from './frames.ts';
import type { Fault } from './refuse.ts';

/** What is said instead of the server's words where they may hold masked values: the kind of the error, and no more. */
export function withheld({ severity, code }: Pick<Fault, 'severity' | 'code'>): Fault {
  const kind = CONDITIONS[code];
  return {
    severity,
    code,
    message: kind === undefined ? `the server reported SQLSTATE ${code}` : `the server reported ${kind}`,
    detail: 'Its own words are withheld: masked columns are within reach of this statement or its transaction.',
    hint: 'Look the SQLSTATE up in PostgreSQL’s list of error codes.',
  };
}

/** The same for what is no error: its text, and the whole message. */
export function withheldNotice(code: string): { readonly message: string; readonly response: Buffer } {
  const { message, detail = '' } = withheld({ severity: 'ERROR', code });
  const fields = new Map([
    ['S', 'NOTICE'],
    ['V', 'NOTICE'],
    ['C', code],
    ['M', message],
    ['D', detail],
  ]);
  return { message, response: encodeFields(BACKEND.noticeResponse, fields) };
}

/** The names of the SQLSTATEs that are met most, by PostgreSQL's appendix A. */
const CONDITIONS: Readonly<Record<string, string | undefined>> = {
  '00000': 'something that is no error',
  '01000': 'a warning',
  '21000': 'a cardinality_violation',
  '22001': 'a string_data_right_truncation',
  '22003': 'a numeric_value_out_of_range',
  '22007': 'an invalid_datetime_format',
  '22008': 'a datetime_field_overflow',
  '22012': 'a division_by_zero',
  '22023': 'an invalid_parameter_value',
  '22P02': 'an invalid_text_representation',
  '23502': 'a not_null_violation',
  '23503': 'a foreign_key_violation',
  '23505': 'a unique_violation',
  '23514': 'a check_violation',
  '23P01': 'an exclusion_violation',
  '25001': 'an active_sql_transaction',
  '25006': 'a read_only_sql_transaction',
  '25P02': 'an in_failed_sql_transaction',
  '40001': 'a serialization_failure',
  '40P01': 'a deadlock_detected',
  '42501': 'an insufficient_privilege',
  '42601': 'a syntax_error',
  '42703': 'an undefined_column',
  '42804': 'a datatype_mismatch',
  '42883': 'an undefined_function',
  '42P01': 'an undefined_table',
  '53300': 'too_many_connections',
  '55P03': 'a lock_not_available',
  '57014': 'a query_canceled',
  '57P01': 'an admin_shutdown',
  P0001: 'a raise_exception',
};
