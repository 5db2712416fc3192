/** What an operator does all day, in a home with a few files in it: nobody needs to be asked, and nothing changes. */
export const ordinary: readonly string[] = String.raw`
ls
ls -la
ls -1 logs
ls *.txt
ls -d */
ls missing
pwd
whoami
id -un
id -gn
uname
uname -s
hostname
nproc
date -u -d @0
date -u -d @86400 +%F
echo hello
echo "hello   world"
echo 'single $HOME'
echo a b c | wc -w
echo -n x
printf '%s\n' a b c
printf '%05d\n' 42
true
false
exit 7
cat names.txt
cat -n names.txt
cat names.txt numbers.txt
cat missing.txt
cat /etc/hostname
cat < names.txt
head -1 names.txt
head -n 2 names.txt
tail -1 names.txt
tail -n +2 names.txt
wc -l names.txt
wc -l *.txt
sort names.txt
sort -r names.txt
sort -n numbers.txt
sort -u names.txt | uniq -c | sort -rn
uniq names.txt
cut -d: -f1 /etc/passwd | head -1
cut -c1-2 names.txt
tr a-z A-Z < names.txt
tr -d '\n' < names.txt
rev names.txt
tac names.txt
nl names.txt
paste -sd, names.txt
fold -w 2 names.txt
diff names.txt numbers.txt
cmp names.txt numbers.txt
comm names.txt names.txt
grep ada names.txt
grep -c a names.txt
grep -i ADA names.txt
grep -v ada names.txt
grep -n a names.txt | cut -d: -f1
grep nothing names.txt
grep -rn error logs
grep -E 'ada|bob' names.txt
grep -o '[0-9]*' numbers.txt
find . -name '*.txt' | sort
find logs -type f
find . -maxdepth 1 -type d | sort
find . -name '*.log' -exec grep -l error {} \;
find . -type f -name '*.txt' -print0 | xargs -0 wc -c
find . -name '*.txt' | sort | xargs cat
sed -n 1p names.txt
sed 's/ada/Ada/' names.txt
sed -e s/a/A/ -e '/bob/d' names.txt
awk '{ print $1 }' names.txt
awk -F: '{ print $1 }' /etc/passwd | head -1
awk 'END { print NR }' names.txt
stat -c %s names.txt
file names.txt
du -b names.txt
df --output=target / | tail -1
basename /srv/app/current
dirname /srv/app/current
readlink -f names.txt | wc -l
realpath --relative-to=. logs
seq 1 5
seq -s, 1 3
md5sum names.txt
sha256sum names.txt | cut -c1-8
base64 names.txt
xxd names.txt
od -c names.txt
test -f names.txt && echo there
test -f missing || echo not there
[ -d logs ] && echo directory
if [ -f names.txt ]; then echo yes; else echo no; fi
for n in 1 2 3; do echo $n; done
for f in *.txt; do wc -l "$f"; done
while read -r line; do echo "[$line]"; done < names.txt
case abc in a*) echo starts;; esac
cd logs && ls
cd logs; pwd | xargs basename
(cd logs && cat app.log)
{ echo one; echo two; } | tail -1
D=logs; ls $D
F=names.txt; head -1 "$F"
LC_ALL=C sort names.txt
TZ=UTC date -d @0 +%T
ls -l names.txt | cut -d' ' -f1
ls missing 2>/dev/null || echo none
ls missing 2>&1 | wc -l
echo x > scratch.txt && cat scratch.txt
echo y >> scratch.txt; tail -1 scratch.txt
cp names.txt copy.txt && cmp names.txt copy.txt
mv copy.txt moved.txt && ls moved.txt
mkdir -p made/deep && ls made
touch made/file && ls made
rm -f moved.txt; ls moved.txt
rm -rf made; ls made
chmod 600 scratch.txt; stat -c %a scratch.txt
ln -sf names.txt link.txt && cat link.txt
tar cf bundle.tar logs && tar tf bundle.tar
tar czf bundle.tgz logs; tar tzf bundle.tgz | wc -l
gzip -kf numbers.txt && zcat numbers.txt.gz
timeout 5 echo in time
nice -n 5 echo nicely
env | grep -c '^HOME='
printenv HOME | wc -l
command -v ls
type cd
which cat
sh -c 'echo nested'
bash -c "ls names.txt"
ls ~ | head -1
ls "$HOME" | wc -l
ps -o comm= -p 1 | wc -l
sleep 0; echo slept
time true
ls | sort | head -3 | tail -1
n=$(wc -l < names.txt); [ $n -gt 2 ] && echo many
n=$(grep -c ada names.txt); [ "$n" -eq 2 ] && echo two
size=$(stat -c %s names.txt); [ $size -lt 100 ] && echo small
ls missing; rc=$?; [ $rc -ne 0 ] && exit $rc
sh -c 'ls missing; [ $? -eq 0 ] || echo failed'
sh -c '[ "$(id -u)" -eq 0 ] || echo no root'
x=1; y=2; echo $((x+y)) $(( x * (y + 2) ))
i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done
i=0; until [ -f ready ]; do i=$((i+1)); [ $i -gt 2 ] && break; done; echo $i
n=0; for f in *.txt; do n=$((n+1)); done; echo $n
for f in *.txt; do [ -f "$f" ] || continue; wc -l "$f"; done
for f in *.none; do [ -f "$f" ] || continue; wc -l "$f"; done
word=abc; echo ${'$'}{#word}; [ ${'$'}{#word} -eq 3 ] && echo three
echo z >| scratch.txt; cat scratch.txt
set -C; echo w >| scratch.txt; echo v > scratch.txt || cat scratch.txt
trap '' INT; echo on
trap - EXIT INT TERM; echo off
while IFS= read -r line; do echo "<$line>"; done < names.txt
while IFS=: read -r name _ number rest; do echo "$name $number"; done < /etc/passwd
echo yes | { read -r -p 'Continue? ' answer; echo "$answer"; }
export PATH=$PATH:/usr/local/bin; command -v ls
PATH=/usr/bin:/bin ls
set -euo pipefail; cd logs; ls | wc -l
if ! command -v nowhere >/dev/null 2>&1; then echo none; fi
grep -rIl error logs
awk '{c[$1]++} END {for (k in c) print c[k], k}' names.txt | sort -rn
grep -Eo '[0-9]{1,3}' numbers.txt | sort -u
find . -type f -printf '%s %p\n' | sort -rn | head -3
df -P / | awk 'NR==2 {print $6}'
ps -o pid= -p 1 | tr -d ' '
pgrep -x nowhere >/dev/null && echo running || echo none
kill -0 "$(cat numbers.txt | tail -1)" 2>/dev/null && echo up || echo down
echo "lines: $(wc -l < names.txt)" >> report.txt; cat report.txt
openssl dgst -sha256 names.txt
openssl version
`
  .split('\n')
  .filter((line) => line !== '')
  .concat('cat > note.txt <<EOF\nhome of $(whoami)\nEOF\ncat note.txt', "cat <<'EOF' | wc -c\n$x `y`\nEOF");
