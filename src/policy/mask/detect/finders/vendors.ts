import type { Detector } from '../detector.ts';
import { DIGIT, UPPER, LOWER, ALPHANUMERIC, URL_SAFE, BASE64, WORD, DASH_SIGN, is, type Text } from '../text.ts';
import { keyEnd, keyStart } from './private-key.ts';

/** Bytes of the longest token of any of them. */
const LONGEST = 512;

const UNDERSCORE = 0x5f;
const DASH = 0x2d;

const SLACK = ALPHANUMERIC | DASH_SIGN;
const PATH = URL_SAFE | BASE64;

/** Where the run of a class ends that begins at `from`; 0 when it has less than `least` bytes, or more than any token. */
function bodyEnd(text: Text, from: number, of: number, least: number): number {
  const end = text.past(from, of, LONGEST + 1);
  return end - from >= least && end - from <= LONGEST ? end : 0;
}

/** A key of Google's APIs, and the private key in the file of a service account. */
export const gcpKey: Detector = {
  triggers: ['AKI, ASI or AIz', 'sk- or --B'],
  swallows: true,
  find(text, at, report) {
    const start = at - 2;
    if (text.reads(start, 'AIza') && text.begins(start, URL_SAFE)) {
      const end = text.past(start + 4, URL_SAFE, 36);
      if (end - start === 39) report(start, end);
    }
    const key = keyStart(text, at);
    if (key >= 0 && follows(text, key, '"private_key"')) report(key, keyEnd(text, at));
  },
};

/** Whether a name of JSON, a colon and a quote stand before. */
function follows(text: Text, at: number, name: string): boolean {
  const before = text.latin1(at - name.length - 8, at).trimEnd();
  return before.endsWith('"') && before.slice(0, -1).trimEnd().endsWith(':') && before.includes(name);
}

const GITHUB_KINDS = new Set(Buffer.from('oprsu', 'latin1'));

/** A token of GitHub: classic, of an app, or fine-grained. */
export const githubToken: Detector = {
  triggers: ['gh._', 'k_l, k_t or b_p'],
  find(text, at, report) {
    const classic = at - 3;
    const fine = at - 'github_'.length;
    const isClassic = text.reads(classic, 'gh') && GITHUB_KINDS.has(text.at(at - 1)) && text.at(at) === UNDERSCORE;
    const start = isClassic ? classic : fine;
    if (start === fine && !text.reads(fine, 'github_pat_')) return;
    if (!text.begins(start)) return;
    const end = start === fine ? bodyEnd(text, fine + 11, WORD, 50) : bodyEnd(text, at + 1, ALPHANUMERIC, 36);
    if (end > 0) report(start, end);
  },
};

const SLACK_KINDS = new Set(Buffer.from('abeoprs', 'latin1'));

/** A token of Slack, or the address of a webhook. */
export const slackToken: Detector = {
  triggers: ['xox or s.s'],
  find(text, at, report) {
    const start = at - 2;
    if (text.reads(start, 'xox') && SLACK_KINDS.has(text.at(start + 3)) && text.begins(start)) {
      // A refreshable token is one within another: `xoxe.xoxp-`, found by its second half as well.
      const end = text.at(start + 4) === DASH ? bodyEnd(text, start + 5, SLACK, 10) : 0;
      if (end > 0 && hasDigit(text, start, end)) report(start, end);
    }
    const host = at - 'hooks.s'.length + 1;
    if (!text.reads(host, 'hooks.slack.com/') || !text.begins(host)) return;
    const end = bodyEnd(text, host + 16, PATH, 30);
    if (end > 0) report(host, end);
  },
};

/** `sk-…`, as OpenAI and others after it give them out. */
export const openaiKey: Detector = {
  triggers: ['sk- or --B'],
  find(text, at, report) {
    const start = at - 2;
    if (!text.reads(start, 'sk-') || !text.begins(start, URL_SAFE)) return;
    const end = bodyEnd(text, at + 1, URL_SAFE, 20);
    // Names of classes in style sheets begin so too.
    if (end > 0 && hasDigit(text, at, end) && hasUpper(text, at, end) && hasLower(text, at + 1, end))
      report(start, end);
  },
};

/** Secret and restricted keys, of live accounts and of tests. Publishable keys are no secret. */
export const stripeKey: Detector = {
  triggers: ['k_l, k_t or b_p'],
  find(text, at, report) {
    const start = at - 3;
    if (!text.reads(start, 'sk_') && !text.reads(start, 'rk_')) return;
    if (!text.reads(at, 'live_') && !text.reads(at, 'test_')) return;
    if (!text.begins(start)) return;
    const end = bodyEnd(text, at + 5, ALPHANUMERIC, 16);
    if (end > 0 && !is(text.at(end), WORD) && hasDigit(text, at, end)) report(start, end);
  },
};

function some(text: Text, from: number, to: number, of: number): boolean {
  for (let at = from; at < to; at++) if (is(text.at(at), of)) return true;
  return false;
}

const hasDigit = (text: Text, from: number, to: number): boolean => some(text, from, to, DIGIT);
const hasUpper = (text: Text, from: number, to: number): boolean => some(text, from, to, UPPER);
const hasLower = (text: Text, from: number, to: number): boolean => some(text, from, to, LOWER);
