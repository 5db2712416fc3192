import type { Action, ObjectKind } from '../../../core/action.ts';

/** What a function of pg_catalog does besides computing. */
export interface Impurity {
  readonly action: Action;
  readonly object: ObjectKind;
  /** The position of the argument that names what is touched, when it does. */
  readonly named: number | null;
  readonly opaque: boolean;
  /** The system view whose rows it gives, when it does: calling it is reading that view. */
  readonly view: string | null;
}

const TABLE = new Map<string, readonly Impurity[]>();

function functions(names: string, ...does: readonly Partial<Impurity>[]): void {
  const impurities = does.map((one) => ({
    action: one.action ?? 'unknown',
    object: one.object ?? 'system',
    named: one.named ?? null,
    opaque: one.opaque ?? false,
    view: one.view ?? null,
  }));
  for (const name of names.trim().split(/\s+/u)) TABLE.set(name, impurities);
}

functions(`pg_read_file pg_read_file_old pg_read_binary_file pg_stat_file pg_ls_dir`, {
  action: 'server-file',
  named: 0,
});
functions(
  `pg_ls_archive_statusdir pg_ls_logdir pg_ls_logicalmapdir pg_ls_logicalsnapdir pg_ls_replslotdir pg_ls_summariesdir
  pg_ls_tmpdir pg_ls_waldir pg_hba_file_rules pg_ident_file_mappings pg_show_all_file_settings pg_current_logfile
  pg_available_wal_summaries pg_wal_summary_contents`,
  { action: 'server-file' },
);
functions('lo_import', { action: 'server-file', named: 0 }, { action: 'insert', object: 'large-object' });
functions('lo_export', { action: 'server-file', named: 1 }, { action: 'select', object: 'large-object' });
functions('lo_open loread lo_get lo_lseek lo_lseek64 lo_tell lo_tell64 lo_close', {
  action: 'select',
  object: 'large-object',
});
functions('lo_creat lo_create lo_from_bytea', { action: 'insert', object: 'large-object' });
functions('lowrite lo_put lo_truncate lo_truncate64', { action: 'update', object: 'large-object' });
functions('lo_unlink', { action: 'delete', object: 'large-object' });

functions(
  `pg_terminate_backend pg_cancel_backend pg_reload_conf pg_rotate_logfile pg_rotate_logfile_old pg_promote
  pg_switch_wal pg_backup_start pg_backup_stop pg_start_backup pg_stop_backup pg_create_restore_point
  pg_create_logical_replication_slot pg_create_physical_replication_slot pg_copy_logical_replication_slot
  pg_copy_physical_replication_slot pg_drop_replication_slot pg_replication_slot_advance pg_sync_replication_slots
  pg_logical_emit_message pg_logical_slot_get_changes pg_logical_slot_get_binary_changes pg_logical_slot_peek_changes
  pg_logical_slot_peek_binary_changes pg_replication_origin_create pg_replication_origin_drop
  pg_replication_origin_advance pg_replication_origin_session_setup pg_replication_origin_session_reset
  pg_replication_origin_xact_setup pg_replication_origin_xact_reset pg_wal_replay_pause pg_wal_replay_resume
  pg_log_backend_memory_contexts pg_log_standby_snapshot pg_import_system_collations pg_export_snapshot
  pg_nextoid pg_stop_making_pinned_objects pg_extension_config_dump pg_stat_reset pg_stat_reset_shared
  pg_stat_reset_slru pg_stat_reset_replication_slot pg_stat_reset_subscription_stats pg_stat_reset_backend_stats
  pg_stat_reset_single_table_counters pg_stat_reset_single_function_counters pg_restore_relation_stats
  pg_restore_attribute_stats pg_clear_relation_stats pg_clear_attribute_stats binary_upgrade_add_sub_rel_state
  binary_upgrade_create_empty_extension binary_upgrade_logical_slot_has_caught_up binary_upgrade_replorigin_advance
  binary_upgrade_set_missing_value binary_upgrade_set_next_array_pg_type_oid
  binary_upgrade_set_next_heap_pg_class_oid binary_upgrade_set_next_heap_relfilenode
  binary_upgrade_set_next_index_pg_class_oid binary_upgrade_set_next_index_relfilenode
  binary_upgrade_set_next_multirange_array_pg_type_oid binary_upgrade_set_next_multirange_pg_type_oid
  binary_upgrade_set_next_pg_authid_oid binary_upgrade_set_next_pg_enum_oid
  binary_upgrade_set_next_pg_tablespace_oid binary_upgrade_set_next_pg_type_oid
  binary_upgrade_set_next_toast_pg_class_oid binary_upgrade_set_next_toast_relfilenode
  binary_upgrade_set_record_init_privs`,
  { action: 'server-admin' },
);
// They use up a transaction number, which the whole cluster counts.
functions('pg_current_xact_id txid_current', { action: 'maintenance' });
functions(
  'brin_summarize_new_values brin_summarize_range brin_desummarize_range gin_clean_pending_list pg_stat_force_next_flush',
  { action: 'maintenance' },
);
functions(
  `pg_advisory_lock pg_advisory_lock_shared pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_advisory_unlock
  pg_advisory_unlock_all pg_advisory_unlock_shared pg_try_advisory_lock pg_try_advisory_lock_shared
  pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared pg_sleep pg_sleep_for pg_sleep_until`,
  { action: 'lock' },
);
functions('pg_notify', { action: 'notify', object: 'channel', named: 0 });
// They run SQL that they are given as text, or read whatever they are given by name.
functions(
  `query_to_xml query_to_xmlschema query_to_xml_and_xmlschema cursor_to_xml cursor_to_xmlschema table_to_xml
  table_to_xmlschema table_to_xml_and_xmlschema schema_to_xml schema_to_xmlschema schema_to_xml_and_xmlschema
  database_to_xml database_to_xmlschema database_to_xml_and_xmlschema ts_stat`,
  { action: 'dynamic', object: 'function', opaque: true },
);
functions('pg_sequence_last_value pg_get_sequence_data', { action: 'select', object: 'sequence', named: 0 });
functions('pg_stat_get_activity pg_stat_get_backend_activity', { action: 'select', view: 'pg_stat_activity' });
functions('pg_stat_get_wal_receiver', { action: 'select', view: 'pg_stat_wal_receiver' });
functions('pg_stat_get_wal_senders', { action: 'select', view: 'pg_stat_replication' });
functions('pg_stat_get_subscription', { action: 'select', view: 'pg_stat_subscription' });
// It computes with what the operator classes of the table's partition key are made of.
functions('satisfies_hash_partition', { action: 'dynamic', object: 'function', opaque: true });
functions('nextval', { action: 'insert', object: 'sequence', named: 0 });
functions('setval', { action: 'update', object: 'sequence', named: 0 });

/** What a built-in function does besides computing; undefined when the table does not know it. */
export function impurities(name: string): readonly Impurity[] | undefined {
  return TABLE.get(name);
}

export const IMPURE: readonly string[] = [...TABLE.keys()];
