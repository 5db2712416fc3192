/** Ways of a shell to run what stands for `§`, and to write to `out`; of each some shells make something, and some do not. */
const LINES: readonly string[] = String.raw`
§; §
§ && §
§ || §
§ | §
§ & §
( § )
{ §; }
! §
if §; then §; else §; fi
while §; do §; break; done
until §; do break; done
for i in 1 2; do §; done
for i in $(§); do §; done
for i do §; done
case x in x) §;; esac
case x in (y) :;; (*) §;; esac
case $(§) in *) §;; esac
f() { §; }; f
f() ( § ); f
function f { §; }; f
ls() { §; }; ls
echo $(§)
echo "$(§)"
echo ~§~
echo "~§~"
echo $(echo $(§))
echo $((1 + $(§; echo 1)))
echo $((a[$(§)0]))
echo $[$(§)]
x='a[$(§)0]'; echo $((x))
x='a[$(§)0]'; [[ $x -eq 1 ]]
x='a[$(§)0]'; y=1; echo $((y+x))
x='a[$(§)0]'; y=$(wc -l < f); echo $((«y}x))
x='a[$(§)0]'; for y in 1 x; do echo $((y)); done
x='a[$(§)0]'; y=1; while :; do echo $((y)) || break; y=x; done
x=$(§); echo $((x))
x='a[$(§)0]'; y=1; for i in a b; do echo $((y)); y=x; done
x='a[$(§)0]'; test $x -eq 1
x='a[$(§)0]'; test -v "$x"
x='a[$(§)0]'; [ -v $x ]
x='a[$(§)0]'; printf %d "$x"
x='a[$(§)0]'; printf -v "$x" 1
x='a[$(§)0]'; read "$x"
x='a[$(§)0]'; unset "$x"
x='a[$(§)0]'; let "$x"
x='a[$(§)0]'; declare "$x=1"
x='a[$(§)0]'; export "$x=1"
x='a[$(§)0]'; for ((i=x;i<1;i++)); do :; done
x='a[$(§)0]'; wait -n -p "$x"
x='a[$(§)0]'; getopts a "$x" -a
x='a[$(§)0]'; echo $x
x='a[$(§)0]'; exit $x
x='$(§)'; echo "$x"
x='$(§)'; echo «x@P}
x='§'; $x
x='§'; eval "$x"
x=$(§) y=$(§)
x=$(§) :
echo «x:-$(§)}
echo «x:=$(§)}
echo «x#$(§)}
echo «x/$(§)/}
echo "«x:-"$(§)"}"
echo "«x:-'}"; §; echo "'}"
echo «x:-~§~}
: «x:=§}; $x
set -- §; "$@"
eval §
eval '§'
trap '§' EXIT
trap '§' DEBUG; :
exec §
command §
builtin eval '§'
time §
coproc §
nohup §
env §
{ §; } > out
§ > out
§ 2> out
§ >> out
§ >| out
§ &> out
§ >& out
§ <> out
> out
: > out
exec > out
exec 3> out
exec {x}> out
while false; do :; done > out
f() { :; } > out; f
cat <<< "$(§)"
cat <(§)
echo > >(§)
[[ -n $(§) ]]
(( $(§) ))
let x=$(§)
{zz,1}
z{z,y} 1
echo '§'
# §
echo x#§
alias l='§'; l
PS4='$(§)'; set -x; :
command_not_found_handle() { §; }; nope
hash -p ./ls zz; §
enable -n echo; echo x
printf '%b' '$(§)'
read x; $x
while read x; do $x; done
mapfile -C '§' -c 1 x
compgen -C '§'
compgen -W '$(§)'
declare -n r=x; r='§'; $x
declare -i x='a[$(§)]'
select x in a; do §; done
§ |& §
$(§)
zz ?
zz $x
zz {1..3}
zz 'a''b' "a\b" a\ b
x=1; zz $x
x=1; x=2 zz; zz $x
x=1; (x=2); zz $x
x=1; { x=2; }; zz $x
x=1; : | x=2; zz $x
x=1; false && x=2; zz $x
x=1; if false; then x=2; fi; zz $x
x=1; : «x:=2}; zz $x
x=1; eval x=2; zz $x
x=1; f() { x=2; }; f; zz $x
x=1; while x=2; do break; done; zz $x
x=1; case y in y) x=2;; esac; zz $x
x=1; for i in a; do x=2; break; x=1; done; zz $x
x=1; for i in a b; do x=1; zz $x; x=2; continue; x=1; done; zz $x
x=1; while :; do x=2; break; x=1; done; zz $x
x=1; for i in a; do while :; do x=2; break 2; done; x=1; done; zz $x
x=1; for i in a; do x=2; eval break; x=1; done; zz $x
HOME=/x; zz ~
set -- a b; zz $1
cd a || §
cd / && cd - && > out
cd x; > out
(cd /); > out
cd .. && cd w && > out
CDPATH=/; cd .; > out
> «HOME}/out
> o*
§ 2>&1 12> out
`
  .split('\n')
  .filter((line) => line !== '');

/** The same, with line breaks in them. */
const TEXTS: readonly string[] = [
  'cat <<E\n§\n$(§)\nE',
  "cat <<'E'\n$(§)\nE",
  'cat <<E\n~§~\nE',
  "cat <<E\n«x:-'}$(§)'}\nE",
  'cat <<-E\n\t$(§)\n\tE',
  'cat <<E; §\nx\nE',
  'cat <<"E"\nE\n§',
  'cat <<\\E\nE\n§',
  'cat <<E <<F\na\nE\nb\nF\n§',
  'z\\\nz 1',
  '# x\\\n§',
  'echo "\n§\n"',
  'echo $(cat <<E\n$(§)\nE\n)',
  'echo $(# )\n§)',
  'echo $(case x in x) §;; esac)',
  'echo ~# \n§~',
];

/** `§` is what runs there. */
export const CONSTRUCTS: readonly string[] = [...LINES, ...TEXTS].map((text) =>
  text.replaceAll('~§~', '`§`').replaceAll('~# \n§~', '`# \n§`').replaceAll('«', '${'),
);
