import { frames } from '../../postgres/frames.ts';
import { type Attack, attacks, gone, leaked, type Step } from './attack.ts';

const dropped = gone('app.orders');
const simple = { modes: ['simple'] } as const;

/** Two strings where backslashes mean nothing; a string and a DROP where they escape. */
const backslashed = String.raw`select '\' , '; drop table app.orders; --'`;

/** A DROP for a server that reads the two bytes as one character; a string for whoever sees a backslash. */
function swallowed(lead: number): Step {
  const text = Buffer.concat([
    Buffer.from("select E'"),
    Buffer.from([lead, 0x5c]),
    Buffer.from("'; drop table app.orders; --'\0"),
  ]);
  return { frames: [frames.raw('Q', text)] };
}

const conforming: readonly Attack[] = attacks('production', 'R20', [
  ['standard_conforming_strings by SET', ['set standard_conforming_strings = off', backslashed], dropped, simple],
  [
    'standard_conforming_strings by SET LOCAL',
    ['begin', 'set local standard_conforming_strings to false', backslashed, 'commit'],
    dropped,
    simple,
  ],
  [
    'standard_conforming_strings by a quoted name',
    ['set session "standard_conforming_strings" to \'0\'', backslashed],
    dropped,
    simple,
  ],
  [
    'standard_conforming_strings by a unicode name',
    [String.raw`set U&"standard\005fconforming_strings" = off`, backslashed],
    dropped,
    simple,
  ],
  [
    'standard_conforming_strings by set_config',
    ["select set_config('standard_conforming_strings', 'off', false)", backslashed],
    dropped,
    simple,
  ],
  [
    'standard_conforming_strings by a computed set_config',
    ["select set_config('standard_' || 'conforming_strings', 'of' || 'f', false)", backslashed],
    dropped,
    simple,
  ],
  [
    'standard_conforming_strings by UPDATE pg_settings',
    ["update pg_settings set setting = 'off' where name like 'standard_conf%'", backslashed],
    dropped,
    simple,
  ],
  [
    'standard_conforming_strings by DO',
    ['do $$ begin set standard_conforming_strings = off; end $$', backslashed],
    dropped,
    simple,
  ],
  [
    'standard_conforming_strings by a function',
    ['select app.turn()', backslashed],
    dropped,
    {
      ...simple,
      setup: [
        "create function app.turn() returns void language plpgsql as $$ begin perform set_config('standard_conforming_strings', 'off', false); end $$",
      ],
    },
  ],
  [
    'standard_conforming_strings by a trigger',
    ['insert into app.audit values (9)', backslashed],
    dropped,
    {
      ...simple,
      setup: [
        "create function app.turn() returns trigger language plpgsql as $$ begin perform set_config('standard_conforming_strings', 'off', false); return new; end $$",
        'create trigger t before insert on app.audit for each row execute function app.turn()',
      ],
    },
  ],
  [
    'standard_conforming_strings at startup',
    backslashed,
    dropped,
    { ...simple, startup: { standard_conforming_strings: 'off' } },
  ],
  [
    'standard_conforming_strings in startup options',
    backslashed,
    dropped,
    { ...simple, startup: { options: '-c standard_conforming_strings=off' } },
  ],
  [
    'standard_conforming_strings in long startup options',
    backslashed,
    dropped,
    { ...simple, startup: { options: '--standard-conforming-strings=off' } },
  ],
  [
    'standard_conforming_strings by the role',
    backslashed,
    dropped,
    { ...simple, setup: ['alter role guarded in database app set standard_conforming_strings = off'] },
  ],
  [
    'standard_conforming_strings by the database',
    backslashed,
    dropped,
    { ...simple, setup: ['alter database app set standard_conforming_strings = off'] },
  ],
  [
    'standard_conforming_strings by RESET after the role',
    ['reset standard_conforming_strings', backslashed],
    dropped,
    { ...simple, setup: ['alter role guarded in database app set standard_conforming_strings = off'] },
  ],
  [
    'standard_conforming_strings by RESET ALL',
    ['reset all', backslashed],
    dropped,
    { ...simple, setup: ['alter role guarded in database app set standard_conforming_strings = off'] },
  ],
  [
    'standard_conforming_strings by DISCARD ALL',
    ['discard all', backslashed],
    dropped,
    { ...simple, setup: ['alter role guarded in database app set standard_conforming_strings = off'] },
  ],
  [
    'standard_conforming_strings by a rollback',
    ['set standard_conforming_strings = off', 'begin', 'set standard_conforming_strings = on', 'rollback', backslashed],
    dropped,
    simple,
  ],
  ['client_encoding by SET', ["set client_encoding = 'GBK'", swallowed(0xbf)], dropped],
  ['client_encoding by SET NAMES', ["set names 'SJIS'", swallowed(0x95)], dropped],
  ['client_encoding by set_config', ["select set_config('client_encoding', 'BIG5', false)", swallowed(0xa6)], dropped],
  [
    'client_encoding by UPDATE pg_settings',
    ["update pg_settings set setting = 'GB18030' where name = 'client_encoding'", swallowed(0xbf)],
    dropped,
  ],
  ['client_encoding by DO', ["do $$ begin set client_encoding = 'GBK'; end $$", swallowed(0xbf)], dropped],
  ['client_encoding at startup', swallowed(0xbf), dropped, { startup: { client_encoding: 'GBK' } }],
  ['client_encoding in startup options', swallowed(0x95), dropped, { startup: { options: '-c client_encoding=SJIS' } }],
  [
    'client_encoding by the role',
    [swallowed(0xbf)],
    dropped,
    {
      setup: ['alter role guarded in database app set client_encoding = GBK'],
      startup: { options: '-c client_encoding=GBK' },
    },
  ],
]);

const stacked: readonly Attack[] = attacks('production', 'R28', [
  ['a backslash at a string’s end', String.raw`select '\'; drop table app.orders; --'`, dropped, simple],
  ['an escaped backslash in E’’', String.raw`select E'\\'; drop table app.orders; --'`, dropped, simple],
  ['a small e’’', String.raw`select e'\\\\'; drop table app.orders; --'`, dropped, simple],
  ['a doubled backslash in U&’’', String.raw`select U&'\\'; drop table app.orders; --'`, dropped, simple],
  ['a national string', String.raw`select n'\'; drop table app.orders; --'`, dropped, simple],
  ['a bit string', "select b'01'; drop table app.orders; --'", dropped, simple],
  ['a hexadecimal string', "select x'1f'; drop table app.orders; --'", dropped, simple],
  ['a continued string', "select 'a'\n'b'; drop table app.orders", dropped, simple],
  ['a string that opens a comment', "select '/*'; drop table app.orders; select '*/'", dropped, simple],
  ['a comment that opens a string', "select 1 /* ' */; drop table app.orders; select 1 /* ' */", dropped, simple],
  ['a line comment that opens a block', 'select 1 --/*\n; drop table app.orders --*/', dropped, simple],
  ['a line comment that opens a string', "select 1 -- '\n; drop table app.orders -- '", dropped, simple],
  ['a nested comment that ends late', 'select 1 /* /* */ ; select 2; */ ; drop table app.orders', dropped, simple],
  ['a dollar quote that opens a comment', 'select $$--$$; drop table app.orders --$$', dropped, simple],
  [
    'a dollar quote with a tag like its neighbour',
    'select $a$ $b$ $a$; drop table app.orders; select $b$ $b$',
    dropped,
    simple,
  ],
  ['a dollar quote with a non-ASCII tag', "select $é$ ' $é$; drop table app.orders --'", dropped, simple],
  ['a dollar in an identifier', 'select 1 as a$$; drop table app.orders; --$$', dropped, simple],
  ['a quoted identifier with a doubled quote', 'select 1 as "a"";--"; drop table app.orders --"', dropped, simple],
  ['an operator that begins a comment', 'select 1 +--x\n 1; drop table app.orders', dropped, simple],
  ['a parameter-like dollar', "select '$1'; drop table app.orders; select '$1'", dropped, simple],
  ['a thousand statements before', `${'select 1;'.repeat(1000)}drop table app.orders`, dropped, simple],
  ['half a megabyte of blanks before', `select 1;${' '.repeat(500_000)}drop table app.orders`, dropped, simple],
  ['half a megabyte of comment before', `/*${'x'.repeat(500_000)}*/drop table app.orders`, dropped],
  ['comments nested a hundred deep', `${'/*'.repeat(100)}${'*/'.repeat(100)}drop table app.orders`, dropped],
  [
    'parentheses nested five hundred deep',
    `select ${'('.repeat(500)}1${')'.repeat(500)};drop table app.orders`,
    dropped,
    simple,
  ],
  ['a vertical tab', 'drop\vtable\vapp.orders', dropped, { since: 16 }],
  ['a unicode identifier', String.raw`drop table U&"\0061pp".U&"\006frders"`, dropped],
  ['a unicode identifier escaped by a blank-looking letter', `drop table app.U&"z006frders" uescape 'z'`, dropped],
  ['a unicode string as a block', String.raw`do U&'\0062egin \0064rop table app.orders; end'`, dropped],
  ['a block with a tagged quote', 'do $do$ begin drop table app.orders; end $do$', dropped],
  ['a block in an escape string', String.raw`do E'begin \144rop table app.orders; end'`, dropped],
  ['a name with a trailing blank beside it', ['create table app."orders " (id int)', 'drop table app.orders'], dropped],
]);

const names: readonly Attack[] = attacks('tables', 'R30', [
  [
    'a table made under a name that only looks the same',
    ['alter schema secret rename to "sеcret"', 'table "sеcret".keys'],
    leaked,
  ],
  [
    'a name longer than the server keeps',
    [`alter schema secret rename to ${'s'.repeat(63)}`, `table ${'s'.repeat(70)}.keys`],
    leaked,
  ],
  ['a name with a dot in it', ['alter table secret.keys rename to "app.orders"', 'table secret."app.orders"'], leaked],
  ['a name with a quote in it', ['alter table secret.keys rename to "a""b"', 'table secret."a""b"'], leaked],
  ['a truncated name', String.raw`select * from secret.U&"\006beys"`, leaked],
  ['a field of a whole row', 'select (k).value from (select keys from secret.keys) x(k)', leaked],
]);

/** Texts that a reader with other settings takes for something else. */
export const lexerTricks: readonly Attack[] = [...conforming, ...stacked, ...names];
