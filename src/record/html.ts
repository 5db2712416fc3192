import { hash } from 'node:crypto';
import type { ReplayPiece } from './replay.ts';

const STYLE = `
:root{color-scheme:light dark;font-family:system-ui,sans-serif}
body{margin:0 auto;max-width:80rem;padding:1rem}
header{position:sticky;top:0;background:Canvas;padding:.5rem 0;border-bottom:1px solid GrayText}
input{font:inherit;width:min(30rem,60%);padding:.3rem}
section{border-top:1px solid color-mix(in srgb,GrayText 40%,transparent);padding:.5rem 0}
pre{margin:.2rem 0;overflow-x:auto;font:13px/1.4 ui-monospace,monospace}
time{float:right;font-size:.8rem;color:GrayText}
.statement{font-weight:600;white-space:pre-wrap;overflow-wrap:anywhere}
.refusal,.error{color:#c62828}.notice{color:#9a6700}
.session,.connection,.outcome,.end{color:GrayText}
[hidden]{display:none}
`;

const SCRIPT = `
const box=document.querySelector('input'),count=document.querySelector('output');
const all=[...document.querySelectorAll('section')];
const find=()=>{const text=box.value.toLowerCase(),refused=document.querySelector('select').value==='refused';let shown=0;
for(const one of all){const hit=(!refused||one.classList.contains('refused'))&&one.textContent.toLowerCase().includes(text);
one.hidden=!hit;if(hit)shown++}
count.textContent=shown+' of '+all.length};
box.addEventListener('input',find);document.querySelector('select').addEventListener('change',find);find();
`;

function csp(): string {
  const digest = (text: string): string => `'sha256-${hash('sha256', text, 'base64')}'`;
  return `default-src 'none'; base-uri 'none'; form-action 'none'; style-src ${digest(STYLE)}; script-src ${digest(SCRIPT)}`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}

/** Kinds of pieces that begin a section of their own. */
const OPENS: ReadonlySet<ReplayPiece['kind']> = new Set(['session', 'connection', 'statement', 'end']);

function moment(started: number, offsetMicros: number): string {
  const time = started + offsetMicros / 1000;
  return Math.abs(time) <= 8.64e15 ? new Date(time).toISOString() : '';
}

export interface PageOptions {
  readonly title: string;
  /** Milliseconds since the epoch. */
  readonly started: number;
}

/**
 * A replay as one HTML page that needs nothing else: statements with their outcomes, and a search. Its
 * own content security policy forbids every request and every script but its own.
 */
export async function* renderPage(pieces: AsyncIterable<ReplayPiece>, options: PageOptions): AsyncGenerator<string> {
  const title = escape(options.title);
  yield `<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n`;
  yield `<meta http-equiv="Content-Security-Policy" content="${csp()}">\n`;
  yield `<meta name="viewport" content="width=device-width"><title>${title}</title>\n<style>${STYLE}</style></head>\n`;
  yield `<body><header><h1>${title}</h1><input type="search" placeholder="Search statements and results" aria-label="Search"> `;
  yield `<select aria-label="Show"><option value="all">all</option><option value="refused">refused</option></select> <output></output></header>\n`;
  let section: ReplayPiece[] = [];
  for await (const piece of pieces) {
    if (OPENS.has(piece.kind) && section.length > 0) {
      yield sectionHtml(section, options.started);
      section = [];
    }
    section.push(piece);
  }
  if (section.length > 0) yield sectionHtml(section, options.started);
  yield `<script>${SCRIPT}</script></body></html>\n`;
}

function sectionHtml(pieces: readonly ReplayPiece[], started: number): string {
  const refused = pieces.some(({ kind }) => kind === 'refusal') ? ' class="refused"' : '';
  const time = escape(moment(started, pieces[0]?.offsetMicros ?? 0));
  const parts = pieces.map(({ kind, lines }) => `<pre class="${kind}">${escape(lines.join('\n'))}</pre>`);
  return `<section${refused}><time>${time}</time>\n${parts.join('\n')}\n</section>\n`;
}
