export type Child = Node | string | null;

/** An element with attributes and children. Text is only ever text. */
export function element<K extends keyof HTMLElementTagNameMap>(
  name: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) made.setAttribute(attribute, value);
  for (const child of children) if (child !== null) made.append(child);
  return made;
}

/** The element that the page was written with. */
export function byId<T extends Element>(id: string, type: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof type) return found;
  throw new Error(`the page has no ${id}`);
}

/** Places that are marked in one text: a browser draws each as an element. */
const MARKS = 500;

/** Text with the first places that match the query marked. */
export function marked(text: string, query: string): Child[] {
  if (query === '') return [text];
  const lower = text.toLowerCase();
  // Where lower case has another length, positions would not fit.
  if (lower.length !== text.length) return [text];
  const children: Child[] = [];
  let done = 0;
  let left = MARKS;
  for (let at = lower.indexOf(query); at >= 0 && left > 0; at = lower.indexOf(query, done), left -= 1) {
    children.push(text.slice(done, at), element('mark', {}, text.slice(at, at + query.length)));
    done = at + query.length;
  }
  children.push(text.slice(done));
  return children;
}
