/** What operators do all day: none of it should be asked for. */
export const ORDINARY: readonly string[] = String.raw`
ls
ls -la
ls -lahtr /var/log
ls --color=auto -d */
ls *.log
cat /etc/hostname
cat /etc/os-release
cat app.log
head -50 /var/log/syslog
head -n 20 app.log
tail -f /var/log/nginx/access.log
tail -n 100 -F app.log
tail -20 app.log
grep -rn "ERROR" /var/log/app
grep -i error app.log | tail -20
grep -c ' 500 ' /var/log/nginx/access.log
grep -v '^#' /etc/ssh/sshd_config
grep -E 'foo|bar' a.txt b.txt
egrep -o '[0-9]+' a.txt
zgrep timeout /var/log/syslog.1.gz
zcat /var/log/syslog.2.gz | head
wc -l *.csv
sort -u names.txt | uniq -c | sort -rn | head -10
cut -d: -f1,7 /etc/passwd
tr 'a-z' 'A-Z' < names.txt
diff -u old.conf new.conf
cmp a b
comm -12 a.txt b.txt
paste a b
stat app.log
file /bin/ls
readlink -f /etc/localtime
realpath .
du -sh /var/log
du -h --max-depth=1 /var
df -h
df -hT /
free -m
free -h
uptime
uname -a
hostname
hostname -f
whoami
id
id www-data
groups
who
w
last -n 20
lastlog
date
date -u +%Y-%m-%dT%H:%M:%SZ
date -d 'yesterday' +%F
ps aux
ps -ef
ps -eo pid,ppid,cmd --sort=-%mem
ps aux | grep '[n]ginx' | awk '{print $2}'
pgrep -fl java
pidof nginx
pstree -p
top -b -n 1
top -bn1 | head -20
vmstat 1 5
iostat -x 1 3
lsof -i :80
ss -tlnp
ss -s
netstat -tulpn
ip a
ip addr show eth0
ip -br link
ip route
ping -c 3 10.0.0.1
dig +short example.com
dig example.com MX
host example.com
nslookup example.com
traceroute example.com
systemctl status nginx
systemctl status nginx --no-pager -l
systemctl is-active nginx
systemctl list-units --type=service --state=failed
systemctl list-timers --all
systemctl show -p MainPID nginx
sudo systemctl restart nginx
sudo systemctl reload nginx
sudo systemctl start worker
systemctl daemon-reload
journalctl -u nginx -n 100 --no-pager
journalctl -u app --since "1 hour ago" | grep -i error
journalctl -f
sudo journalctl -k
dmesg -T | tail
dmesg --level=err,warn
crontab -l
lsblk
lscpu
lsmod
nproc
mount
findmnt
cd /srv/app && ls -la
cd /var/log; ls
cd /srv/app && cp config.yml config.yml.bak
mkdir -p /srv/app/releases/2026-11-26
touch /srv/app/tmp/restart.txt
cp -a /srv/app/config.yml /tmp/
mv app.log app.log.1
rm /tmp/old.log
rm -f /tmp/*.tmp
rm -rf /tmp/build
rmdir /tmp/empty
ln -sfn /srv/app/releases/5 /srv/app/current
chmod 644 app.conf
chmod +x deploy.sh
chmod -R g+w /srv/app/shared
chown -R app:app /srv/app/shared
echo hello
echo "a b" > note.txt
echo "line" >> note.txt
> app.log
echo done | tee -a note.txt
printf '%s\n' a b c
printf 'déjà\n'
printf '%d%%\n' 5
printf -- '--- %s\n' a
printf '\033[1m%s\033[0m\n' a
printf '%-10s|%+d\n' a 1
sleep 1 & wait $!
wait -n
[ -v x ]
python3 --version
node -v
java -version 2>&1 | head -1
git --version && docker --version
/usr/bin/perl -v | head -2
[[ -f /etc/debian_version ]] && cat /etc/debian_version
if [[ ! -d /srv/app ]]; then echo missing; fi
n=x; [[ -n "$n" ]] && [[ $n == x ]] && echo same
[ "$(id -u)" -eq 0 ]
[ $(id -u) -eq 0 ] && echo root
[ $(ls /srv/app | wc -l) -gt 5 ]
[ $(wc -l < note.txt) -gt 5 ]
[ $(ps aux | grep -c nginx) -gt 1 ] || echo down
[ $? -eq 0 ]
echo x >| note.txt
set -C; date >| stamp
trap '' INT
trap - EXIT INT TERM; ls
trap -- '' HUP
read -p 'Continue? ' answer
read -r -p 'Are you sure (y/n)? ' answer; [ "$answer" = y ] || exit 1
read -t 10 -rp 'Name: ' answer
read -rsn 1 key
while IFS= read -r line; do echo "$line"; done < names.txt
while IFS=: read -r name _ number rest; do echo "$name $number"; done < /etc/passwd
export PATH=$PATH:/usr/local/bin
export PATH="/usr/local/sbin:${'$'}{PATH}"; ls
PATH=/usr/sbin:/usr/bin:/sbin:/bin ls
PATH=$PATH:/usr/sbin; ls
n=7; [ $n -gt 5 ]
n=$(wc -l < note.txt); [ $n -gt 5 ] && echo many
n=$(grep -c 'x y' note.txt); [ "$n" -gt 5 ]
n=$(ps aux | grep -c '[n]ginx'); [ $n -eq 0 ] && echo down
size=$(stat -c %s app.log 2>/dev/null); [ $size -gt 1000000 ] && echo big
x=abc; [ ${'$'}{#x} -gt 2 ]
ls; rc=$?; [ $rc -ne 0 ] && exit $rc
sh -c '[ $? -eq 0 ]'
sh -c '[ "$(id -u)" -eq 0 ]'
sh -c 'n=$(wc -l < note.txt); [ "$n" -gt 5 ]'
x=1; y=2; echo $((x+y)) $(( x * (y + 2) )) $(($x + ${'$'}{y}))
start=$(date +%s); sleep 1; echo $(( $(date +%s) - start ))
i=0; while [ $i -lt 3 ]; do echo $i; i=$((i+1)); done
i=0; until [ -f ready ]; do i=$((i+1)); [ $i -gt 10 ] && break; sleep 1; done
n=0; for f in *.log; do n=$((n+1)); done; echo $n
for f in *.log; do [ -f "$f" ] || continue; wc -l "$f"; done
[ $# -gt 1 ]
true && echo ok || echo failed
test -f /etc/nginx/nginx.conf && echo there
[ -d /srv/app ] && ls /srv/app
if [ -f app.pid ]; then cat app.pid; fi
[ "$USER" = root ] || echo no
[ "$(id -u)" -eq 0 ] && echo root
[ -n "$SSH_CLIENT" ] && echo "from $SSH_CLIENT"
ls x; [ $? -eq 0 ] || echo missing
test -d "$HOME/app" -a -w "$HOME/app"
printf '%s %s\n' "$USER" "$HOME"
sleep 1 & wait $!
sleep 1 & wait
echo "$USER:$HOME $USER: x"
split -l 100 names.txt part-
for f in a.log b.log; do wc -l "$f"; done
for f in *.log; do gzip "$f"; done
for i in 1 2 3; do echo $i; sleep 1; done
while read line; do echo "$line"; done < names.txt
find . -name '*.log' -mtime +7
find /var/log -type f -size +100M
find /tmp -name '*.tmp' -delete
find . -name '*.pyc' -exec rm {} +
find /srv/app -type f -name '*.yml' -exec grep -l db {} \;
tar czf /tmp/backup.tgz -C /srv/app shared
tar tzf backup.tgz
tar xzf release.tgz -C /srv/app/releases
tar -cvf /tmp/a.tar a b
gzip -9 app.log.1
gunzip app.log.1.gz
sed -n '1,20p' app.conf
sed 's/foo/bar/g' a.txt
sed 's|/srv/a|/srv/b|' a.txt
sed -n '/start/,/end/p' app.log
sed '/^$/d' a.txt
sed -E 's/([0-9]+)-([a-z]*)/\2 \1/gI' a.txt
sed 's/[^,]*,//' a.csv
sed 's/[[:space:]]*$//' a.txt
sed '1i header' a.txt
sed '$a last line' a.txt
sed ':a;N;$!ba;s/\n/ /g' a.txt
sed -n '$=' a.txt
sed -n '5{p;q}' a.txt
sed '1~2d' a.txt
sed '/a/!d' a.txt
sed 'y/abc/xyz/' a.txt
sed '2,+3d; s/a/b/2p' a.txt
sed -i 's/debug: true/debug: false/' app.conf
sed -e 's/a/b/' -e '/^#/d' a.txt
awk '{print $1}' access.log
awk -F: '{print $1, $3}' /etc/passwd
awk '/error/ {print $0}' app.log
awk '!/^#/ && NF' app.conf
awk '!seen[$0]++' names.txt
awk 'NR==1 || $3 > 100 {print $1, $3}' a.txt
awk 'NR > 10 && NR <= 20' a.txt
awk '{sum += $5} END {print sum / NR}' a.txt
awk '{a[$1]++} END {for (k in a) print a[k], k}' access.log
awk 'BEGIN {FS=","; OFS="\t"} {print $1, $NF}' a.csv
awk -v max=5 '$2 > max {print}' a.txt
awk '{printf "%-10s %d\n", $1, $2}' a.txt
awk '{print length($0), toupper(substr($1, 1, 3))}' a.txt
awk '{gsub(/foo/, "bar"); print}' a.txt
awk '{if ($1 > 5) print $2; else print "-"}' a.txt
awk '{print ($1 > 5 ? "big" : "small")}' a.txt
awk '/start/,/end/' app.log
awk '$1 ~ /^[a-z]+$/ {print}' a.txt
awk '{n = split($0, p, ":"); print p[n]}' a.txt
awk 'END {print NR}' a.txt
awk '$9 >= 500 {n++} END {print n}' access.log
xxd -l 64 a.bin
base64 a.bin
sha256sum release.tgz
md5sum sums.md5
jq . a.json
jq -r '.items[].name' a.json
column -t a.txt
seq 1 10
timeout 10 ping -c 100 10.0.0.1
nice -n 10 gzip big.log
time ls
nohup tail -f app.log > out.log 2>&1 &
env | sort
printenv PATH
which python3
command -v docker
type ls
pwd
LC_ALL=C sort a.txt
TZ=UTC date
dpkg -l | grep nginx
dpkg -L nginx
apt list --installed
apt-cache policy nginx
rpm -qa
docker ps
docker ps -a --format '{{.Names}}'
docker logs --tail 100 web
docker stats --no-stream
docker container ls -a
docker image ls -q
docker network inspect bridge
docker volume ls
docker system df
docker inspect -f '{{.State.Health.Status}}' web
grep -rIl password /srv/app --include='*.yml'
journalctl -b -1 -n 50 --no-pager
journalctl -o json -u app -n 1 | jq .
openssl x509 -in /etc/ssl/cert.pem -noout -dates
openssl x509 -in cert.pem -noout -checkend 86400 && echo fine
openssl rand -hex 16
openssl dgst -sha256 release.tgz
openssl version -a
ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub
unzip -l release.zip
getenforce
sestatus
tail -n 1000 /var/log/nginx/access.log | awk '{print $1}' | sort | uniq -c | sort -rn | head
awk '$9 ~ /^5/ {c[$7]++} END {for (u in c) print c[u], u}' access.log | sort -rn | head
awk -F'"' '{print $6}' access.log | sort | uniq -c
grep -Eo '([0-9]{1,3}\.){3}[0-9]{1,3}' access.log | sort -u
df -h | awk '$5+0 > 80 {print $6, $5}'
df -P / | awk 'NR==2 {print $5}' | tr -d '%'
du -xsh /var/* 2>/dev/null | sort -h | tail -5
find . -type f -printf '%s %p\n' | sort -rn | head
find /var/log -type f -name '*.log' -size +100M -exec ls -lh {} \;
lsof -nP -iTCP -sTCP:LISTEN
ss -tan | awk '{print $1}' | sort | uniq -c
ps -eo pid,etime,args | grep '[j]ava'
pgrep -x nginx >/dev/null && echo running
kill -USR1 "$(cat /run/nginx.pid)"
kill -0 "$(cat /run/app.pid)" 2>/dev/null && echo up || echo down
free -m | awk 'NR==2 {printf "%.1f%%\n", $3*100/$2}'
systemctl is-active nginx || systemctl start nginx
nginx -T | grep server_name
if ! command -v docker >/dev/null 2>&1; then echo none; fi
echo "Disk: $(df -h / | tail -1 | awk '{print $5}')"
set -euo pipefail; cd /srv/app; ls | wc -l
docker restart web
podman ps -a
podman logs --tail 50 web
ipcs -m
lslocks
lsns
lslogins
lshw -short
lsb_release -a
sar -u 1 3
pidstat 1 3
slabtop -o
numfmt --to=iec 1048576
pr -t a.txt
nm -D a.so
objdump -d a.o
sha384sum a.bin
iconv -f latin1 -t utf8 a.txt
zdiff a.gz b.gz
uuidgen
mkfifo /tmp/pipe
setfacl -m u:app:rw a.txt
getcap -r /usr/bin
zdump UTC
locate nginx.conf
chronyc tracking
ntpq -pn
coredumpctl list
networkctl status
ufw status
fail2ban-client status
nginx -t
sshd -T
pg_isready -h localhost
pvs
vgs
lvs
zpool status
smartctl -H /dev/sda
rsync -a --delete /srv/app/ /tmp/backup/
kill 1234
kill -HUP 1234
pkill -f worker
sleep 5
watch -n 1 df -h
cat <<'EOF' > motd.txt
hello world
EOF
ls 2>/dev/null
ls /nonexistent 2>&1 | head -1
(cd /srv/app && du -sh .)
{ date; uptime; } > report.txt
sh -c 'ls -la'
sudo -u app ls /srv/app
sudo -n cat /var/log/auth.log
ls -l "/srv/my app/file"
D=/srv/app; ls $D/current
ls ~/logs
cat "$HOME/app.log"
sync
`
  .replace(/<<'EOF' > motd\.txt\nhello world\nEOF/u, '<<EOF > motd.txt\\nhello world\\nEOF')
  .split('\n')
  .filter((line) => line !== '')
  .map((line) => line.replaceAll('\\nhello world\\nEOF', '\nhello world\nEOF'));
