import { lines, type Attack } from './attack.ts';

/** Words that turn out as several, or as what ends a command, and the places that options lead to. */
const words: readonly Attack[] = lines(String.raw`
grep -hv §/srv/*
grep -hve §/srv/*
A=$(printf 'zz §/srv/key'); grep -hv $A
mkdir §/open/app; echo gone > §/open/app/data; uniq §/*/app/data
mkdir §/open/app; echo gone > §/open/app/data; split §/*/app/data
mkdir §/open/app; echo gone > §/open/app/data; xxd §/*/app/data
xxd -ps §/srv/key | xxd -r -p
xxd -as §/srv/key | xxd -r
cd §/open; touch r rm; flock r* ls §/srv/app/data
mkdir §/open/e; cd §/open/e; touch -- '*' -delete; find §/srv/app -name *
A=$(printf ';'); find §/srv/app -exec echo "$A" -delete
A=$(printf ';'); find §/open -maxdepth 0 -exec echo "$A" -exec rm -rf §/srv ';'
A=$(printf ';') B=$(printf -- -exec) C=$(printf rm); find §/open -maxdepth 0 -exec echo "$A" "$B" "$C" -rf §/srv ';'
busybox find §/open -maxdepth 0 -exec echo {} a + -exec rm -rf §/srv ';'
A=$(printf b); echo §/srv/app/data | xargs -I a"$A" rm ab
echo §/srv/app/data | xargs -I zz -L 1 rm
cd §/open; mkdir a; cp x n; tar cf t.tar n; tar xf t.tar -C §/open/a -C ../../srv/app
mkdir §/open/a; tar cf - -C §/open/a ../../srv/key | tar xO
flock §/srv/app/new true
mkdir -p §/open/a/b §/open/c; echo longer > §/open/c/data; echo gone > §/open/a/b/data; rsync -rb --backup-dir=../../../srv/app §/open/c/ §/open/a/b/
mkdir -p §/open/a/b §/open/c; printf '%-15s\n' x > §/open/c/key; rsync -r --size-only --copy-dest=../../../srv §/open/c/ §/open/a/b/; cat §/open/a/b/key
cd §/open; echo gone > data; tar cf t.tar data; cd §/srv/app; tar xf §/open/t.tar data -C §/open
`);

/** What programs do with options, and by names, that are rarely given. */
const options: readonly Attack[] = [
  {
    command: '/usr/sbin/service ../..§/open/s status',
    before: `printf '#!/bin/sh\nrm -rf §/srv\n' > §/open/s; chmod +x §/open/s`,
  },
  { command: 'timeout 2 tload -d 1 §/srv/app/data' },
];

export const spread: readonly Attack[] = [...words, ...options];
