import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Every line of the server's log begins so; continuation lines begin with a tab. */
export const logLinePrefix = '[%p|%c|%u|%d|%a] ';

export interface LogEntry {
  readonly pid: number;
  readonly session: string;
  readonly user: string;
  readonly database: string;
  readonly application: string;
  /** `LOG`, `ERROR`, `STATEMENT`, `DETAIL`, … */
  readonly severity: string;
  readonly text: string;
}

const head = /^\[(\d+)\|([0-9a-f.]*)\|([^|]*)\|([^|]*)\|(.*?)\] ([A-Z0-9]+): {2}(.*)$/;

export function parseLog(text: string): LogEntry[] {
  const entries: { -readonly [K in keyof LogEntry]: LogEntry[K] }[] = [];
  for (const line of text.split('\n')) {
    const match = head.exec(line);
    if (match !== null) {
      const [, pid, session, user, database, application, severity, rest] = match;
      entries.push({
        pid: Number(pid),
        session: session ?? '',
        user: user ?? '',
        database: database ?? '',
        application: application ?? '',
        severity: severity ?? '',
        text: rest ?? '',
      });
      continue;
    }
    const last = entries.at(-1);
    if (last !== undefined && line.startsWith('\t')) last.text += `\n${line.slice(1)}`;
  }
  return entries;
}

const statementHead = /^(?:statement|execute [^:]*|fastpath function call|duration: [^:]*): ?/;

/** The text of what the server began to run, or null when the entry is no statement. */
export function statementOf(entry: LogEntry): string | null {
  if (entry.severity !== 'LOG' || !statementHead.test(entry.text)) return null;
  return entry.text.replace(statementHead, '');
}

/** What a server wrote to its log. The server writes a statement down before it runs it. */
export class ServerLog {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** A place to read on from. */
  mark(): number {
    const file = openSync(this.path, 'r');
    try {
      return fstatSync(file).size;
    } finally {
      closeSync(file);
    }
  }

  textSince(mark: number): string {
    const file = openSync(this.path, 'r');
    try {
      const bytes = Buffer.alloc(Math.max(0, fstatSync(file).size - mark));
      readSync(file, bytes, 0, bytes.length, mark);
      return bytes.toString('utf8');
    } finally {
      closeSync(file);
    }
  }

  since(mark: number): LogEntry[] {
    return parseLog(this.textSince(mark));
  }

  /** Statements the server began to run for this user since the mark, in the log's order. */
  statementsOf(user: string, mark: number): string[] {
    return this.since(mark)
      .filter((entry) => entry.user === user)
      .map(statementOf)
      .filter((text) => text !== null);
  }
}
