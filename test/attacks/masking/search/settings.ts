import { summary, type Tally } from './campaign.ts';

/*
 * HOOPCTL_TEST_QUERIES: how many random statements are asked, 20000 for a thorough search (some minutes)
 */
const wanted = process.env['HOOPCTL_TEST_QUERIES'];
export const queries = Number(wanted ?? 1500);
/** Milliseconds for a search. */
export const patience = 90_000 + queries * 40;

/** Says what a search came to, when one was asked for. */
export function report(tally: Tally): void {
  if (wanted !== undefined) process.stdout.write(`${summary(tally)}\n`);
}
