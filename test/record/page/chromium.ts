import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

interface Answer {
  readonly id?: number;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
  readonly method?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

type Waiting = PromiseWithResolvers<Readonly<Record<string, unknown>>>;

/** A headless Chromium with one page, driven over a pipe: no port is opened. */
export class Chromium {
  readonly #child: ChildProcess;
  readonly #profile: string;
  readonly #commands: Writable;
  readonly #waiting = new Map<number, Waiting>();
  /** What the page logged, the errors in it, and what it asked to load. */
  readonly complaints: string[] = [];
  readonly requests: string[] = [];
  #next = 1;
  #session: string | null = null;

  private constructor(child: ChildProcess, profile: string, commands: Writable, answers: Readable) {
    this.#child = child;
    this.#profile = profile;
    this.#commands = commands;
    let rest = '';
    answers.setEncoding('utf8').on('data', (text: string) => {
      const messages = (rest + text).split('\0');
      rest = messages.pop() ?? '';
      for (const message of messages) this.#take(JSON.parse(message) as Answer);
    });
    child.once('exit', () => {
      for (const waiting of this.#waiting.values()) waiting.reject(new Error('Chromium has ended'));
    });
  }

  /** Opens a file in it. */
  static async open(path: string, { dark = false, width = 1280, height = 800 } = {}): Promise<Chromium> {
    const profile = mkdtempSync(join(tmpdir(), 'hoopctl-chromium-'));
    const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--remote-debugging-pipe', '--no-first-run'];
    const child = spawn('chromium', [...flags, `--user-data-dir=${profile}`, `--window-size=${width},${height}`], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: profile },
    });
    const [commands, answers] = [child.stdio[3], child.stdio[4]];
    if (!(commands instanceof Writable) || !(answers instanceof Readable)) throw new Error('there are no pipes');
    const browser = new Chromium(child, profile, commands, answers);
    try {
      await browser.#navigate(path, dark);
    } catch (error) {
      await browser.close();
      throw error;
    }
    return browser;
  }

  async #navigate(path: string, dark: boolean): Promise<void> {
    const { targetId } = await this.send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.send('Target.attachToTarget', { targetId, flatten: true });
    this.#session = String(sessionId);
    for (const domain of ['Page', 'Runtime', 'Network', 'Log', 'Accessibility']) await this.send(`${domain}.enable`);
    const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }];
    await this.send('Emulation.setEmulatedMedia', { features });
    await this.send('Page.navigate', { url: pathToFileURL(path).href });
    await this.until(`document.readyState === 'complete'`);
  }

  async send(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    const id = this.#next;
    this.#next += 1;
    const waiting: Waiting = Promise.withResolvers();
    this.#waiting.set(id, waiting);
    const session = this.#session === null ? {} : { sessionId: this.#session };
    this.#commands.write(`${JSON.stringify({ id, method, params, ...session })}\0`);
    return waiting.promise;
  }

  /** The value of an expression in the page; a promise's when it is one. */
  async value(expression: string): Promise<unknown> {
    const options = { expression, returnByValue: true, awaitPromise: true };
    const { result, exceptionDetails } = await this.send('Runtime.evaluate', options);
    if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
    return (result as { value?: unknown }).value;
  }

  /** Waits, frame by frame, until an expression in the page is true. */
  async until(expression: string): Promise<void> {
    const frames = `new Promise((resolve) => {
      const look = () => ((${expression}) ? resolve(true) : setTimeout(look, 5));
      look();
    })`;
    await this.value(frames);
  }

  /** Presses a key as a person does. */
  async press(key: string): Promise<void> {
    const text = key.length === 1 ? { text: key } : {};
    await this.send('Input.dispatchKeyEvent', { type: 'keyDown', key, ...text });
    await this.send('Input.dispatchKeyEvent', { type: 'keyUp', key });
  }

  async click(selector: string): Promise<void> {
    await this.value(`document.querySelector(${JSON.stringify(selector)}).click()`);
  }

  /** Types into what has the focus. */
  async type(text: string): Promise<void> {
    await this.send('Input.insertText', { text });
  }

  async close(): Promise<void> {
    if (this.#child.exitCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }

  #take({ id, result, error, method, params }: Answer): void {
    if (method === 'Network.requestWillBeSent')
      this.requests.push(String((params?.['request'] as { url?: unknown } | undefined)?.url));
    if (method === 'Log.entryAdded' || method === 'Runtime.exceptionThrown' || method === 'Runtime.consoleAPICalled')
      this.complaints.push(JSON.stringify(params));
    const waiting = id === undefined ? undefined : this.#waiting.get(id);
    if (id === undefined || waiting === undefined) return;
    this.#waiting.delete(id);
    if (error === undefined) waiting.resolve(result ?? {});
    else waiting.reject(new Error(error.message));
  }
}
