/** Walks a provider's pages by plain HTTP, as a browser without scripts would: follows redirects, keeps cookies, sends forms. */
export class Walker {
  readonly #cookies = new Map<string, string>();
  /** Where a redirect leads that is not followed: to the program that waits for it. */
  readonly #leave: (url: URL) => boolean;

  constructor(leave: (url: URL) => boolean = () => false) {
    this.#leave = leave;
  }

  async open(url: string, form?: URLSearchParams): Promise<Page> {
    let next = new URL(url);
    let body = form;
    for (let steps = 0; steps < 12; steps += 1) {
      if (this.#leave(next)) return new Page(next, 0, '');
      const response = await fetch(next, {
        method: body === undefined ? 'GET' : 'POST',
        redirect: 'manual',
        headers: { cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ') },
        body: body ?? null,
      });
      for (const cookie of response.headers.getSetCookie()) this.#keep(cookie);
      const location = response.headers.get('location');
      const text = await response.text();
      if (location === null) return new Page(next, response.status, text);
      [next, body] = [new URL(location, next), undefined];
    }
    throw new Error('the pages lead in a circle');
  }

  /** Sends the page's form with these fields, and without those that are null. */
  async submit(page: Page, fields: Readonly<Record<string, string | null>> = {}): Promise<Page> {
    const form = new URLSearchParams({ ...page.fields() });
    for (const [name, value] of Object.entries(fields)) {
      if (value === null) form.delete(name);
      else form.set(name, value);
    }
    return await this.open(page.action(), form);
  }

  #keep(cookie: string): void {
    const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
    if (value === '') this.#cookies.delete(name);
    else this.#cookies.set(name, value);
  }
}

export class Page {
  readonly url: URL;
  readonly status: number;
  readonly html: string;

  constructor(url: URL, status: number, html: string) {
    this.url = url;
    this.status = status;
    this.html = html;
  }

  action(): string {
    const [, action] = /<form[^>]*\baction="([^"]*)"/.exec(this.html) ?? [];
    if (action === undefined)
      throw new Error(`no form at ${this.url.pathname} (${this.status}): ${this.html.slice(0, 2000)}`);
    return new URL(plain(action), this.url).href;
  }

  fields(): Readonly<Record<string, string>> {
    const inputs = this.html.match(/<input\b[^>]*>/g) ?? [];
    const attribute = (input: string, name: string): string =>
      plain(new RegExp(`\\b${name}="([^"]*)"`).exec(input)?.[1] ?? '');
    const named = inputs.map((input) => [attribute(input, 'name'), attribute(input, 'value')] as const);
    return Object.fromEntries(named.filter(([name]) => name !== ''));
  }
}

function plain(text: string): string {
  return text
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

/** Types the code in and logs in as somebody, the way a person does on another device. */
export async function confirmCode(url: string, userCode: string, login: string): Promise<void> {
  const walker = new Walker();
  const page = await walker.submit(await walker.open(url), { user_code: userCode });
  const done = await throughLogin(walker, await walker.submit(page), login);
  if (!done.html.includes('Sign-in Success')) throw new Error(`the code was not taken: ${done.html.slice(0, 2000)}`);
}

/** Types the code in and says that it was somebody else who started this. */
export async function denyCode(url: string, userCode: string): Promise<void> {
  const walker = new Walker();
  const page = await walker.submit(await walker.open(url), { user_code: userCode });
  await walker.submit(page, { confirm: null, abort: 'yes' });
}

/** Logs in at a page of the authorization endpoint, and brings the answer to the program that waits for it. */
export async function signIn(url: string, login: string): Promise<Response> {
  const redirect = new URL(new URL(url).searchParams.get('redirect_uri') ?? 'nowhere:');
  const walker = new Walker((next) => next.host === redirect.host);
  const { url: answer } = await throughLogin(walker, await walker.open(url), login);
  return await fetch(answer);
}

/** Fills in what the provider asks until it asks no more. */
async function throughLogin(walker: Walker, start: Page, login: string): Promise<Page> {
  let page = start;
  for (let steps = 0; steps < 4 && page.html.includes('<form'); steps += 1) {
    const asksWho = page.html.includes('name="login"');
    page = await walker.submit(page, asksWho ? { login, password: 'any' } : {});
  }
  return page;
}
