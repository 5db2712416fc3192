import { lines } from './attack.ts';

/** The same words, written otherwise: quotes, escapes, expansions, paths, flags. */
export const writings = lines(String.raw`
rm -rf §/srv
rm -fr §/srv
rm -r -f §/srv
rm -R --force §/srv
rm --recurs §/srv
rm §/srv -rf
rm -rf -- §/srv
rm -vrf §/srv/
rm -rf §/srv/*
rm -rf §/s?v
rm -rf §/[s]rv
rm -rf §/[!a-rt-z]rv
rm -rf §//srv
rm -rf §/./srv/
rm -rf §/./srv/./app
rm -rf §/open/../srv
rm -rf /proc/self/root§/srv
rm -rf /proc/$$/root§/srv
rm -rf §/open §/srv
rm -rf "§/srv"
rm -rf '§/srv'
rm -rf §/s'r'"v"
rm -rf §/sr\v
r''m -rf §/srv
"r"'m' -"rf" §/srv
\rm -rf §/srv
r\m -r\f §/srv
/bin/rm -rf §/srv
/usr/bin/../bin/rm -rf §/srv
//bin//rm -rf §/srv
/b?n/rm -rf §/srv
/*/rm -rf §/srv
/usr/bin/[r]m -rf §/srv
$'rm' -rf §/srv
$'\x72m' -rf §/srv
$'\162\155' -rf §/srv
$'\u0072m' -rf §/srv
$'«escapes rm»' $'«escapes -rf»' $'«escapes §/srv»'
$'«unicode rm»' -rf $'«unicode §/srv»'
$'«octal rm»' -rf $'«octal §/srv»'
$"rm" -rf §/srv
r$@m -rf §/srv
r$9m -rf §/srv
r"$*"m -rf §/srv
r$(true)m -rf §/srv
r${'`'}${'`'}m -rf §/srv
$(true) rm -rf §/srv
$unset rm -rf §/srv
$(echo rm) -rf §/srv
${'`'}echo rm${'`'} -rf §/srv
rm${'$'}{IFS}-rf${'$'}{IFS}§/srv
rm$IFS-rf$IFS§/srv
{rm,-rf,§/srv}
rm -rf §/{open,srv}
rm -{r,f} §/srv
rm -rf §/{s,t}rv
rm -rf §/sr{u..w}
A=rm; $A -rf §/srv
A=r B=m; $A$B -rf §/srv
A=§/srv; rm -rf $A
A=§; rm -rf "$A/srv"
A=-rf; rm $A §/srv
A='rm -rf §/srv'; $A
A=(rm -rf §/srv); "${'$'}{A[@]}"
A=xrm; ${'$'}{A#x} -rf §/srv
A=mr; ${'$'}{A:1:1}${'$'}{A:0:1} -rf §/srv
A=RM; ${'$'}{A,,} -rf §/srv
A=xm; ${'$'}{A/x/r} -rf §/srv
B=rm; A=B; ${'$'}{!A} -rf §/srv
${'$'}{A:-rm} -rf §/srv
: ${'$'}{A:=rm}; $A -rf §/srv
set -- rm -rf §/srv; "$@"
set -- §/srv; rm -rf $1
read A <<< rm; $A -rf §/srv
printf -v A '\x72m'; $A -rf §/srv
$(printf '\x72\x6d') -rf §/srv
$(printf '%s' r m) -rf §/srv
$(echo mr | rev) -rf §/srv
$(tr a-z n-za-m <<< ez) -rf §/srv
mapfile -t A <<< rm; $A -rf §/srv
for A in §/open §/srv; do rm -rf "$A"; done
for A in rm; do $A -rf §/srv; done
while read -r A; do rm -rf "$A"; done <<< §/srv
cd § && rm -rf srv
cd §; rm -rf srv
cd §/srv && rm -rf app
cd §/srv && rm -rf *
cd §/srv/app && rm -rf ../app
cd §/open && cd .. && rm -rf srv
cd §/open; cd ../srv; rm -rf app
cd - ; cd §/srv; rm -rf app
pushd §/srv; rm -rf app
(cd §/srv; rm -rf app)
CDPATH=§; cd srv; rm -rf app
HOME=§; rm -rf ~/srv
HOME=§/srv; cd; rm -rf app
OLDPWD=§/srv; cd -; rm -rf app
PWD=§; rm -rf ~+/srv
rm -rf §/srv # a comment
ls # a comment
`)
  .concat(
    lines(String.raw`
rm -rf §/srv;#
LC_ALL=C rm -rf §/srv
X=1 Y=2 rm -rf §/srv
>§/open/x rm -rf §/srv
rm >§/open/x -rf §/srv
2>&1 rm -rf §/srv
! rm -rf §/srv
time rm -rf §/srv
`),
    [
      { command: 'rm \\\n-rf \\\n§/srv' },
      { command: 'r\\\nm -rf §/srv' },
      { command: 'ls\nrm -rf §/srv' },
      { command: 'ls # a comment\nrm -rf §/srv' },
      { command: "echo 'a\\'; rm -rf §/srv" },
      { command: '\trm\t-rf\t§/srv' },
      { command: ' '.repeat(4_000) + 'rm -rf §/srv' },
      { command: `echo ${'x'.repeat(30_000)}; rm -rf §/srv` },
      { command: `${':;'.repeat(5_000)}rm -rf §/srv` },
      { command: `${'{ '.repeat(40)}rm -rf §/srv; ${'};'.repeat(40)}` },
      { command: "case x in 'x') rm -rf §/srv;; esac" },
      { command: 'cat <<E\n$(rm -rf §/srv)\nE' },
      { command: 'cat <<"E"\nE\nrm -rf §/srv' },
      { command: "cat <<'E' && rm -rf §/srv\nE" },
      { command: 'cat <<-E\n\tE\nrm -rf §/srv' },
      { command: 'cat <<E; rm -rf §/srv\nrm\nE' },
      { command: 'rm -rf §/srv &\nwait' },
      { command: "A=$'rm\\n-rf\\n§/srv'; $A" },
    ],
  )
  .filter(({ command }) => command !== 'ls # a comment');
