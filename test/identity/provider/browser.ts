import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Chromium } from '../../record/page/chromium.ts';

/** A headless browser, at an address. */
async function browserAt(url: string): Promise<Chromium> {
  const directory = mkdtempSync(join(tmpdir(), 'hoopctl-login-'));
  const blank = join(directory, 'blank.html');
  writeFileSync(blank, '<!doctype html><title>blank</title>');
  try {
    const browser = await Chromium.open(blank);
    await browser.send('Page.navigate', { url });
    return browser;
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** What the page says, once it says so: pages come and go meanwhile, and a page that goes takes the question with it. */
async function reads(browser: Chromium, expression: string): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (Date.now() < deadline) {
    const is = await browser.value(`document.readyState === 'complete' && Boolean(${expression})`).catch(() => false);
    if (is === true) return;
  }
  const text = await browser.value('document.documentElement.outerHTML').catch(() => 'no page');
  throw new Error(`the page never came to ${expression}: ${String(text).slice(0, 2000)}`);
}

async function fill(browser: Chromium, field: string, text: string): Promise<void> {
  await browser.value(`document.querySelector('input[name=${field}]').focus()`);
  await browser.type(text);
}

/** Logs in on the provider's pages, and agrees to what the program asks for. */
async function logInOnPage(browser: Chromium, login: string, done: string): Promise<void> {
  await reads(browser, `document.querySelector('input[name=login]')`);
  await fill(browser, 'login', login);
  await fill(browser, 'password', 'any');
  await browser.click('button[type=submit]');
  await reads(browser, `document.querySelector('input[name=prompt][value=consent]')`);
  await browser.click('button[type=submit]');
  await reads(browser, done);
}

/** Types a code in and confirms it in a real browser, as a person does on another device. */
export async function confirmInBrowser(url: string, userCode: string, login: string): Promise<void> {
  const browser = await browserAt(url);
  try {
    await reads(browser, `document.querySelector('input[name=user_code]')`);
    await fill(browser, 'user_code', userCode);
    await browser.click('button[type=submit]');
    await reads(browser, `document.body.innerText.includes(${JSON.stringify(userCode)})`);
    await browser.click('button[type=submit]');
    await logInOnPage(browser, login, `document.body.innerText.includes('Sign-in Success')`);
  } finally {
    await browser.close();
  }
}

/** Logs in with a real browser at the address that a program would open in it. Resolves to what the last page says. */
export async function signInInBrowser(url: string, login: string): Promise<string> {
  const browser = await browserAt(url);
  try {
    await logInOnPage(browser, login, `document.title === 'hoopctl'`);
    return String(await browser.value('document.body.innerText'));
  } finally {
    await browser.close();
  }
}
