import { join } from 'node:path';
import { type BenchServer, DATABASE, USER } from './server.ts';
import type { Workspace } from './workspace.ts';

/** Of pgbench's own tables. */
const SCALE = 10;

export const ROWS = 1_000_000;

/** The million-row result, word for word as all clients ask for it. */
export const WIDE_QUERY = 'SELECT * FROM wide';

const COLUMNS = 'id text, name text, email text, city text, account text, note text';

/** 97 bytes of text in six columns: 128 bytes a row on the wire, with the message's own 31. */
const WIDE_ROWS = `
  SELECT lpad(n::text, 8, '0'), substr(md5(n::text), 1, 20), 'user' || lpad(n::text, 8, '0') || '@example.com',
         substr(md5('c' || n), 1, 16), substr(md5('a' || n), 1, 19), substr(md5('o' || n), 1, 10)
  FROM generate_series(1, ${ROWS}) AS n`;

/** pgbench's tables, a wide one with a million rows, and an empty one to copy into. */
export async function loadData(workspace: Workspace, server: BenchServer, binaries: string): Promise<void> {
  const pgbench = workspace.spawn(join(binaries, 'pgbench'), ['-i', '-q', '-s', String(SCALE), DATABASE], {
    env: { PGHOST: server.socket, PGPORT: String(server.endpoint.port), PGUSER: USER },
  });
  const code = await pgbench.exit;
  if (code !== 0) throw new Error(`pgbench -i ended with ${code}`);
  await server.admin(
    `SET ROLE ${USER}`,
    `CREATE UNLOGGED TABLE wide (${COLUMNS})`,
    `INSERT INTO wide ${WIDE_ROWS}`,
    `CREATE UNLOGGED TABLE sink (${COLUMNS})`,
    'RESET ROLE',
    'VACUUM (FREEZE, ANALYZE)',
    'CHECKPOINT',
  );
}

/** Bytes of one CopyData message as psql sends them, and of the block that is sent again and again. */
const MESSAGE = 8192;
const BLOCK = 1024 * 1024;

/** Whole CopyData messages of whole rows. */
export interface CopyBlock {
  readonly bytes: Buffer;
  readonly rows: number;
}

/** About a mebibyte of rows for `sink`, in messages of about 8 KiB. */
export function copyBlock(): CopyBlock {
  const messages: Buffer[] = [];
  let size = 0;
  let rows = 0;
  while (size < BLOCK) {
    let text = '';
    while (text.length < MESSAGE) {
      rows += 1;
      text += copyRow(rows);
    }
    const head = Buffer.alloc(5);
    head.write('d', 0, 'latin1');
    head.writeInt32BE(text.length + 4, 1);
    messages.push(head, Buffer.from(text, 'latin1'));
    size += 5 + text.length;
  }
  return { bytes: Buffer.concat(messages), rows };
}

function copyRow(number: number): string {
  const id = String(number).padStart(8, '0');
  const filling = (letter: string, length: number): string => letter.repeat(length - id.length) + id;
  const columns = [id, filling('n', 20), `user${id}@example.com`, filling('c', 16), filling('a', 19), filling('o', 10)];
  return `${columns.join('\t')}\n`;
}
