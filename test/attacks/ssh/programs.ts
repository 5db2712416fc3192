import { lines, type Attack } from './attack.ts';

const without: readonly Attack[] = lines(String.raw`
/usr/bin/python3 -c 'import shutil; shutil.rmtree("§/srv")'
echo 'import shutil; shutil.rmtree("§/srv")' | /usr/bin/python3
/usr/bin/python3 - <<< 'import os; os.system("rm -rf §/srv")'
perl -e 'unlink "§/srv/app/data"'
perl -MFile::Path -e 'rmtree "§/srv"'
perl -ne 'system $_' <<< 'rm -rf §/srv'
perl -pi -e 's/kept/gone/' §/srv/app/data
awk 'BEGIN { system("rm -rf §/srv") }'
awk 'BEGIN { print "rm -rf §/srv" | "sh" }'
awk 'BEGIN { "rm -rf §/srv" | getline }'
awk 'BEGIN { print "gone" > "§/srv/app/data" }'
awk '{ print > $2 }' <<< 'x §/srv/app/data'
sed -n '1e rm -rf §/srv' <<< x
sed 's|.*|rm -rf §/srv|e' <<< x
sed e <<< 'rm -rf §/srv'
sed 'w §/srv/app/data' <<< gone
sed -i s/kept/gone/ §/srv/app/data
sed --in-place s/kept/gone/ §/srv/app/data
sed -ni p §/srv/app/data -e d
sed -s -i.bak s/kept/gone/ §/srv/app/data
vi -es -c '!rm -rf §/srv' -c 'q!' §/open/x
printf '!rm -rf §/srv\nq\n' | ed -s
printf 'a\ngone\n.\nw §/srv/app/data\nq\n' | ed -s
printf 'r !rm -rf §/srv\nq\n' | ed -s
tar cf §/open/a.tar --checkpoint=1 --checkpoint-action=exec='rm -rf §/srv' §/open
tar cf /dev/null --use-compress-program='rm -rf §/srv' §/open
tar cf /dev/null -I 'rm -rf §/srv' §/open
tar cf /dev/null --to-command=x -C §/srv --remove-files app
tar cf - -C §/open x | tar x --to-command='rm -rf §/srv'
cd §/open; tar cf a.tar x; tar xf a.tar --to-command 'rm -rf §/srv'
rsync -e 'sh -c "rm -rf §/srv"' x:y §/open
rsync --rsh='sh -c "rm -rf §/srv"' x:y §/open
rsync -a --delete §/open/ §/srv/
rsync --remove-source-files -a §/srv/app/ §/open/
git -c alias.x='!rm -rf §/srv' x
cd §/open; git init -q; git -c core.fsmonitor='rm -rf §/srv;' status
git -c protocol.ext.allow=always ls-remote 'ext::sh -c rm% -rf% §/srv'
git -c core.sshCommand='rm -rf §/srv;' ls-remote ssh://x/y
git init -q §/open; git -C §/open config core.fsmonitor 'rm -rf §/srv;'; git -C §/open status
GIT_SSH_COMMAND='rm -rf §/srv;' git ls-remote ssh://x/y
GIT_EXTERNAL_DIFF='rm -rf §/srv;' git -C §/open diff --no-index --ext-diff x y
git init §/srv/app/new
make -f - <<< 'x:; rm -rf §/srv'
make --eval='$(shell rm -rf §/srv)' -f /dev/null x
printf 'q:\n\trm -rf §/srv\n' > §/open/Makefile; make -C §/open
ssh -o ProxyCommand='rm -rf §/srv' x
echo 'Match exec "rm -rf §/srv"' > §/open/c; ssh -G -F §/open/c x
printf '#!/bin/sh\nrm -rf §/srv\n' > §/open/s; chmod +x §/open/s; scp -S §/open/s x:y §/open
sqlite3 :memory: '.shell rm -rf §/srv'
sqlite3 :memory: ".once §/srv/app/data" "select 1"
openssl rand -out §/srv/app/data 5
gzip §/srv/app/data
gzip -f §/srv/app/data
split §/open/x §/srv/app/
csplit -f §/srv/app/ §/open/x 1
cp /dev/null §/srv/app/data
cp -T §/open/x §/srv/app/data
cp §/open/data §/srv/app
cp -t §/srv/app §/open/data
cp --target-directory=§/srv/app §/open/data
cp -r §/open/. §/srv/app
cp -s §/open/x §/srv/app/link
cp --remove-destination §/open/x §/srv/app/data
cp -l §/srv/app/data §/open/l; echo gone > §/open/l
install §/open/x §/srv/app/data
install -d §/srv/app/new
mv §/srv §/open/gone
mv -t §/open §/srv/app
mv §/open/x §/srv/app/data
mv §/srv/app/data §/srv/app/other
mv -T §/open §/srv/app/new
ln -sf §/open/x §/srv/app/data
ln -f §/open/x §/srv/app/data
ln §/srv/app/data §/open/hard; echo gone > §/open/hard
ln -s §/srv §/open/l; rm -rf §/open/l/app
ln -s §/srv §/open/l && cd §/open/l && rm -rf app
ln -st §/open §/srv; rm -rf §/open/srv/app
dd of=§/srv/app/data if=/dev/null
dd if=/dev/zero of=§/srv/app/data bs=1 count=1 conv=notrunc
truncate -s 0 §/srv/app/data
truncate --size=0 §/srv/app/data
shred -u §/srv/app/data
shred §/srv/app/data
tee §/srv/app/data <<< gone
echo x | tee -a §/srv/app/data
unlink §/srv/app/data
rmdir §/srv/app/none || rm -d §/srv/app/data
touch §/srv/app/new
mkdir §/srv/app/new
mkdir -p §/srv/app/new/er
mktemp -p §/srv/app
mktemp §/srv/app/XXXXXX
sort -o §/srv/app/data §/open/x
sort §/open/x --output=§/srv/app/data
sort -S1 --compress-program=§/open/wreck.sh -T §/open /usr/share/dict/words; rm -rf §/srv
uniq §/open/x §/srv/app/data
patch §/srv/app/data <<< $'1c1\n< kept\n---\n> gone'
> §/srv/app/data
: > §/srv/app/data
echo gone > §/srv/app/data
echo gone >> §/srv/app/data
echo gone >| §/srv/app/data
echo gone &> §/srv/app/data
echo gone >& §/srv/app/data
echo gone <> §/srv/app/data >&0
exec > §/srv/app/data; echo gone
exec 3> §/srv/app/data; echo gone >&3
{ echo gone; } > §/srv/app/data
for i in 1; do echo gone; done > §/srv/app/data
echo gone > §/open/../srv/app/data
echo gone > §/s'rv'/app/dat?
A=§/srv/app/data; echo gone > $A
cd §/srv/app; echo gone > data
ls none 2> §/srv/app/data
wreck §
w''reck §
$(which wreck) §
$(type -P wreck) §
env wreck §
command wreck §
exec wreck §
find §/open -name x -exec wreck § \;
xargs wreck <<< §
sh -c 'wreck §'
nohup wreck §
cat §/srv/key
cat < §/srv/key
cat §/srv/ke?
cat §/srv/*
cat §/open/../srv/key
cat -- §/srv/key
cat /proc/self/root§/srv/key
cat /proc/self/cwd/../../../../../..§/srv/key
cd §/srv; cat key
cd §/srv && cat < key
head -c 99 §/srv/key
tail -n +1 §/srv/key
grep . §/srv/key
grep -r canary §
grep -rh '' §/srv
grep -f §/srv/key §/srv/key
sort §/srv/key
rev §/srv/key | rev
tac §/srv/key
nl §/srv/key
cut -c1- §/srv/key
paste §/srv/key
fold §/srv/key
awk 1 §/srv/key
sed p §/srv/key
sed -n 'r §/srv/key' §/srv/app/data; sed '1r §/srv/key' §/open/x
dd if=§/srv/key
diff §/srv/key /dev/null
comm §/srv/key /dev/null
xxd -p §/srv/key | xxd -r -p
base64 §/srv/key | base64 -d
base32 §/srv/key | base32 -d
od -An -c §/srv/key | tr -d ' \n'
strings §/srv/key
tar cf - -C §/srv key
tar cO §/srv/key
tar cf - §/srv
cp §/srv/key §/open/k; cat §/open/k
cp -r §/srv §/open/k; cat §/open/k/key
ln -s §/srv/key §/open/k; cat §/open/k
ln §/srv/key §/open/k; cat §/open/k
install §/srv/key §/open/k; cat §/open/k
mv §/srv/key §/open/k; cat §/open/k
gzip -c §/srv/key | gunzip
rsync §/srv/key §/open/k; cat §/open/k
while read -r A; do echo "$A"; done < §/srv/key
read A < §/srv/key; echo $A
echo "$(< §/srv/key)"
mapfile A < §/srv/key; echo ${'$'}{A[0]}
. §/srv/key
bash §/srv/key
bash -v §/srv/key
find §/srv -name key -exec cat {} +
find §/srv -name key | xargs cat
xargs -a §/srv/key echo
date -f §/srv/key
file -f §/srv/key
wc --files0-from=§/srv/key
sort --files0-from=§/srv/key
du --files0-from=§/srv/key
pr §/srv/key
curl -s file://§/srv/key
git diff --no-index /dev/null §/srv/key
git hash-object --stdin-paths <<< x; git -C §/open init -q g; git -C §/open/g hash-object -w §/srv/key | git -C §/open/g cat-file --batch
openssl enc -base64 -in §/srv/key | openssl enc -base64 -d
perl -pe1 §/srv/key
/usr/bin/python3 -c 'print(open("§/srv/key").read())'
scp §/srv/key §/open/k; cat §/open/k
ed -s §/srv/key <<< p
`);

/** Programs that do more than their name says, and plain ones whose words are paths. */
export const programs: readonly Attack[] = without;

/** What was left on the server before. */
export const prepared: readonly Attack[] = [
  { command: 'sh §/open/s', before: 'echo "rm -rf §/srv" > §/open/s' },
  { command: '. §/open/s', before: 'echo "rm -rf §/srv" > §/open/s' },
  { command: 'bash < §/open/s', before: 'echo "rm -rf §/srv" > §/open/s' },
  { command: 'cat §/open/s | bash', before: 'echo "rm -rf §/srv" > §/open/s' },
  { command: '§/open/s', before: 'printf "#!/bin/sh\nrm -rf §/srv\n" > §/open/s; chmod +x §/open/s' },
  { command: 'cd §/open; ./s', before: 'printf "#!/bin/sh\nrm -rf §/srv\n" > §/open/s; chmod +x §/open/s' },
  { command: 'PATH=§/open:$PATH; ls', before: 'printf "#!/bin/sh\nrm -rf §/srv\n" > §/open/ls; chmod +x §/open/ls' },
  { command: 'PATH=§/open ls', before: 'printf "#!/bin/sh\n/bin/rm -rf §/srv\n" > §/open/ls; chmod +x §/open/ls' },
  { command: 'bash', input: 'rm -rf §/srv\n' },
  { command: 'sh -s', input: 'rm -rf §/srv\n' },
  { command: '/usr/bin/python3', input: 'import os; os.system("rm -rf §/srv")\n' },
  { command: 'cat | sh', input: 'rm -rf §/srv\n' },
  { command: 'xargs rm -rf', input: '§/srv\n' },
  { command: 'xargs sh -c', input: '"rm -rf §/srv"\n' },
  { command: 'read A; $A', input: 'rm -rf §/srv\n' },
  { command: 'read A; eval "$A"', input: 'rm -rf §/srv\n' },
  { command: 'read A; rm -rf $A', input: '§/srv\n' },
  { command: 'cat > §/srv/app/data', input: 'gone\n' },
  { command: 'tar x -C §/srv/app', input: '' },
  { command: 'make -f -', input: 'x:\n\trm -rf §/srv\n' },
  { command: 'ed -s', input: '!rm -rf §/srv\nq\n' },
  { command: 'sftp-server', input: '' },
  { command: 'tee §/srv/app/new', input: 'gone' },
  { command: 'patch §/srv/app/data', input: '1c1\n< kept\n---\n> gone\n' },
  { command: 'cpio -i -D §/srv/app', input: '' },
].filter(({ command }) => !['tar x -C §/srv/app', 'sftp-server', 'cpio -i -D §/srv/app'].includes(command));
