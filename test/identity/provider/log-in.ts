import type { Freshness, Provider, TokenSet } from '../../../src/core/provider.ts';
import { confirmCode } from './pages.ts';

/** Logs somebody in with a code, which they confirm on another device. */
export async function logIn(provider: Provider, login: string, freshness: Freshness | null = null): Promise<TokenSet> {
  const confirming: Promise<void>[] = [];
  const tokens = await provider.loginByDevice({
    freshness,
    signal: new AbortController().signal,
    prompt: ({ url, userCode }) => void confirming.push(confirmCode(url, userCode, login)),
  });
  await Promise.all(confirming);
  return tokens;
}
