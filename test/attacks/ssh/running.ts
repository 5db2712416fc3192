import { lines } from './attack.ts';

/** Programs that run others, and the shell's own ways to. */
export const wrappers = lines(String.raw`
ls; rm -rf §/srv
ls && rm -rf §/srv
ls §/none || rm -rf §/srv
ls | rm -rf §/srv
ls & rm -rf §/srv
ls |& rm -rf §/srv
(rm -rf §/srv)
{ rm -rf §/srv; }
if true; then rm -rf §/srv; fi
if false; then :; else rm -rf §/srv; fi
while rm -rf §/srv; do break; done
until rm -rf §/srv; do :; done
for ((i=0;i<1;i++)); do rm -rf §/srv; done
select x in rm; do $x -rf §/srv; break; done <<< 1
f() { rm -rf §/srv; }; f
function f { rm -rf §/srv; }; f
ls() { rm -rf §/srv; }; ls
echo "$(rm -rf §/srv)"
echo ${'`'}rm -rf §/srv${'`'}
echo "${'$'}{x:-$(rm -rf §/srv)}"
echo $((1 + $(rm -rf §/srv; echo 1)))
: $((a[$(rm -rf §/srv)1]))
[[ -n $(rm -rf §/srv) ]]
[[ 'a[$(rm -rf §/srv)]' -eq 1 ]]
test -v 'a[$(rm -rf §/srv)]'
printf -v 'a[$(rm -rf §/srv)]' x
read 'a[$(rm -rf §/srv)]' <<< x
cat <(rm -rf §/srv)
ls > >(rm -rf §/srv)
coproc rm -rf §/srv; wait
A='$(rm -rf §/srv)'; : "${'$'}{A@P}"
eval rm -rf §/srv
eval 'r''m -rf §/srv'
eval eval eval rm -rf §/srv
exec rm -rf §/srv
exec -a ls rm -rf §/srv
command rm -rf §/srv
command -p rm -rf §/srv
builtin eval 'rm -rf §/srv'
trap 'rm -rf §/srv' EXIT
trap 'rm -rf §/srv' DEBUG; ls
PROMPT_COMMAND='rm -rf §/srv' bash -i <<< ls
shopt -s expand_aliases; eval $'alias ls="rm -rf §/srv"\nls'
hash -p /bin/rm ls; ls -rf §/srv
enable -n echo; echo() { rm -rf §/srv; }; echo
mapfile -C 'rm -rf §/srv; :' -c 1 A <<< x
complete -C 'rm -rf §/srv' x; compgen -C 'rm -rf §/srv' x
. <(echo 'rm -rf §/srv')
source /dev/stdin <<< 'rm -rf §/srv'
env rm -rf §/srv
env -i /bin/rm -rf §/srv
env -S 'rm -rf §/srv'
env -C § rm -rf srv
env -u HOME A=1 rm -rf §/srv
nice rm -rf §/srv
nice -n 5 rm -rf §/srv
nohup rm -rf §/srv
setsid -w rm -rf §/srv
timeout 5 rm -rf §/srv
timeout -s KILL -k 1 5 rm -rf §/srv
stdbuf -o0 rm -rf §/srv
ionice -c3 rm -rf §/srv
chrt -b 0 rm -rf §/srv
taskset 1 rm -rf §/srv
setarch -R rm -rf §/srv
flock §/open/l rm -rf §/srv
flock §/open/l -c 'rm -rf §/srv'
setpriv rm -rf §/srv
prlimit rm -rf §/srv
choom -n 10 -- rm -rf §/srv
unshare -r rm -rf §/srv
script -qc 'rm -rf §/srv' /dev/null
sh -c 'rm -rf §/srv'
bash -c "rm -rf §/srv"
bash -ec 'rm -rf §/srv'
bash --norc -c 'rm -rf §/srv'
bash -O extglob -c 'rm -rf §/srv'
bash -c '"$@"' x rm -rf §/srv
bash -c '$0 -rf §/srv' rm
sh -c "sh -c 'sh -c \"rm -rf §/srv\"'"
sh <<< 'rm -rf §/srv'
echo 'rm -rf §/srv' | sh
printf 'rm -rf %s' §/srv | bash
sh -s §/srv <<< 'rm -rf $1'
echo 'rm -rf §/srv' > §/open/s; sh §/open/s
echo 'rm -rf §/srv' > §/open/s; chmod +x §/open/s; §/open/s
echo 'rm -rf §/srv' > §/open/s; BASH_ENV=§/open/s bash -c 'ls; ls'
echo 'rm -rf §/srv' > §/open/s; ENV=§/open/s sh -i <<< ls
cp /bin/rm §/open/ls; §/open/ls -rf §/srv
ln -s /bin/rm §/open/ls; PATH=§/open ls -rf §/srv
ln -s /bin/rm §/open/ls; export PATH=§/open; ls -rf §/srv
ln -s /bin/rm §/open/ls; cd §/open; ./ls -rf §/srv
/lib64/ld-linux-x86-64.so.2 /bin/rm -rf §/srv
PS4='$(rm -rf §/srv)'; set -x; ls
PS4='$(rm -rf §/srv)' bash -xc ls
env SHELLOPTS=xtrace PS4='$(rm -rf §/srv)' bash -c ls
IFS=:; A=rm:-rf:§/srv; $A
echo §/srv | xargs rm -rf
echo §/srv | xargs -n1 -I{} rm -rf {}
xargs -a <(echo §/srv) rm -rf
echo 'rm -rf §/srv' | xargs -I{} sh -c {}
printf 'rm -rf §/srv' | xargs -d '\n' bash -c
find §/srv -delete
find § -name data -delete
find §/srv/app -exec rm -rf {} +
find § -name app -exec rm -rf {} \;
find § -name app -execdir rm -rf {} +
find §/open -exec sh -c 'rm -rf §/srv' \;
find §/srv/app -fprint §/srv/app/data
echo y | find §/srv/app -ok rm -rf {} \;
echo «base64 rm -rf §/srv» | base64 -d | sh
base64 -d <<< «base64 rm -rf §/srv» | bash
bash <(base64 -d <<< «base64 rm -rf §/srv»)
eval "$(echo «base64 rm -rf §/srv» | base64 -d)"
echo «hex rm -rf §/srv» | xxd -r -p | sh
printf '«escapes rm -rf §/srv»' | sh
printf '«octal rm -rf §/srv»' | sh
eval $'«escapes rm -rf §/srv»'
echo -e '«escapes rm -rf §/srv»' | sh
echo '«reversed rm -rf §/srv»' | rev | sh
$(rev <<< '«reversed rm -rf §/srv»')
tr a-zA-Z n-za-mN-ZA-M <<< '«rot13 rm -rf §/srv»' | sh
`);
