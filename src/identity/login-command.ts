/** The profile that is meant where none is named. */
export const DEFAULT_PROFILE = 'default';

/** What a user types to log in under a profile. */
export function loginCommand(profile: string): string {
  return profile === DEFAULT_PROFILE ? 'hoopctl login' : `hoopctl login --profile ${profile}`;
}
