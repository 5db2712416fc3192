import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';

/**
 * The directory `place`, made by whichever process of a run wants it first: `make` fills a directory beside it that takes
 * its name when it is whole.
 */
export function once(place: string, make: (directory: string) => void): string {
  if (existsSync(place)) return place;
  const directory = mkdtempSync(`${place}-`);
  make(directory);
  try {
    renameSync(directory, place);
  } catch (error) {
    // Another process was faster.
    if (!existsSync(place)) throw error;
    rmSync(directory, { recursive: true });
  }
  return place;
}
