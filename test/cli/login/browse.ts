/** What the tests have for a browser: opens the address it is given, and confirms the code that is in it, as `ada`. */
import { appendFileSync, writeFileSync } from 'node:fs';
import { confirmCode } from '../../identity/provider/pages.ts';

const [log = '', ...args] = process.argv.slice(2);
writeFileSync(`${log}.environ`, Object.keys(process.env).sort().join('\n'));
appendFileSync(log, `${JSON.stringify(args)}\n`);
const url = new URL(args.at(-1) ?? '');
await confirmCode(url.href, url.searchParams.get('user_code') ?? '', 'ada');
