import { type At, type EffectOf, emit, unsettle } from './context.ts';

/** Settings that must keep the value the session began with, and the values that mean the same. */
const PINNED: ReadonlyMap<string, readonly string[]> = new Map([
  // The grammar reads strings and names as the server does only under these.
  ['standard_conforming_strings', ['on', 'true', 'yes', '1', 't', 'tr', 'tru', 'y', 'ye']],
  ['client_encoding', ['utf8', 'utf-8', 'unicode', 'utf_8']],
  ['backslash_quote', ['safe_encoding']],
  // Which triggers and rules fire.
  ['session_replication_role', ['origin']],
  ['event_triggers', ['on', 'true', 'yes', '1']],
  // Code that is loaded into the server, or changes to its inside.
  ['session_preload_libraries', []],
  ['local_preload_libraries', []],
  ['shared_preload_libraries', []],
  ['dynamic_library_path', []],
  ['extension_control_path', []],
  ['jit_provider', []],
  ['allow_system_table_mods', ['off', 'false', 'no', '0']],
]);

/**
 * True when setting `name` to `value` would take away what judging rests on. `value` null stands for
 * RESET and DEFAULT, which bring back what the session began with.
 */
export function pinned(name: string, value: string | null): boolean {
  const same = PINNED.get(name.toLowerCase());
  if (same === undefined || value === null) return false;
  return !same.includes(value.trim().replaceAll(/^'|'$/gu, '').toLowerCase());
}

export function isPinned(name: string): boolean {
  return PINNED.has(name.toLowerCase());
}

/** `unknown` when the value cannot be told before the statement runs; null for RESET and DEFAULT. */
export type SettingValue = { readonly text: string } | 'unknown' | null;

const READ_ONLY: ReadonlySet<string> = new Set(['transaction_read_only', 'default_transaction_read_only']);
const TRUTHS: ReadonlySet<string> = new Set(['on', 'true', 'yes', '1', 't', 'y', 'tr', 'tru', 'ye']);

/** What it does to set one setting, by SET or by set_config. */
export function emitSetting(at: At, rawName: string, value: SettingValue): void {
  const name = rawName.toLowerCase();
  const text = value === null || value === 'unknown' ? null : value.text;
  if (name === 'role' || name === 'session_authorization') {
    emit(at, { action: 'set-role', object: 'role', name: text });
    unsettle(at.run, 'locally');
    return;
  }
  if (name === 'search_path') unsettle(at.run, 'locally');
  emit(at, settingEffect(name, value));
  const breaks = value === 'unknown' ? isPinned(name) : pinned(name, text);
  if (breaks) emit(at, { action: 'set', object: 'setting', name }, 'pinned');
}

function settingEffect(name: string, value: SettingValue): EffectOf {
  if (!READ_ONLY.has(name)) return { action: 'set', object: 'setting', name };
  const tightens = value !== null && value !== 'unknown' && TRUTHS.has(value.text.trim().toLowerCase());
  // Turning it on takes nothing away; only lifting it goes by the name that read-only access refuses.
  return { action: 'set', object: 'setting', name: tightens ? 'transaction_mode' : 'transaction_read_only' };
}

/** A setting is changed, and it cannot be told which. */
export function emitUnknownSetting(at: At): void {
  unsettle(at.run, 'locally');
  emit(at, { action: 'set', object: 'setting', opaque: true, certain: false }, 'pinned');
}
