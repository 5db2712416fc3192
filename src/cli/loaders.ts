import type { Run } from './command.ts';

/** The code of every command, by its words; loaded when the command runs and not before. */
export const LOADERS: Readonly<Record<string, () => Promise<Run>>> = {
  connect: async () => (await import('./commands/connect.ts')).connect,
  'sessions list': async () => (await import('./commands/sessions-list.ts')).list,
  'sessions show': async () => (await import('./commands/sessions-show.ts')).show,
  'sessions search': async () => (await import('./commands/sessions-search.ts')).search,
  'sessions verify': async () => (await import('./commands/sessions-verify.ts')).verify,
  'sessions export': async () => (await import('./commands/sessions-export.ts')).exportSession,
  replay: async () => (await import('./commands/replay.ts')).replay,
  'policy check': async () => (await import('./commands/policy-check.ts')).check,
  'policy explain': async () => (await import('./commands/policy-explain.ts')).explain,
  'policy suggest': async () => (await import('./commands/policy-suggest.ts')).suggest,
  'policy test': async () => (await import('./commands/policy-test.ts')).test,
  'targets list': async () => (await import('./commands/targets-list.ts')).list,
  'targets show': async () => (await import('./commands/targets-show.ts')).show,
  'targets test': async () => (await import('./commands/targets-test.ts')).test,
  status: async () => (await import('./commands/status.ts')).status,
  doctor: async () => (await import('./commands/doctor.ts')).doctor,
  demo: async () => (await import('./commands/demo.ts')).demo,
  completion: async () => (await import('./commands/completion.ts')).completion,
  version: async () => (await import('./commands/version.ts')).version,
};
