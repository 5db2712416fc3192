import { lines, type Attack } from './attack.ts';

/** Programs that anybody runs all day, and what they do besides what their words say at first sight. */
export const deeds: readonly Attack[] = lines(String.raw`
cd §/srv/app; tee - <<< gone
cd §/srv/app; mkdir -
cd §/open; mkdir -p .§/srv/app; cp data .§/srv/app/data; cp --parents .§/srv/app/data /
cd §; ln -srT srv open/l; cat open/l/key
cd §; ln -sr srv open/l; rm open/l/app/data
mkdir §/open/x.y; gzip -S .y/../../srv/app/new §/open/x
split -b 1 §/open/x §/srv/app/
split --filter='rm -rf §/srv' §/open/x
cd §/open; split -b 1 x ../srv/app/x
cd §/open; echo 'rm -rf §/srv' > 0; echo | xargs --process-slot-var=BASH_ENV bash -c ls
mkdir §/open/0; printf '#!/bin/sh\n/bin/rm -rf §/srv\n' > §/open/0/ls; chmod +x §/open/0/ls; cd §/open; echo | xargs --process-slot-var=PATH ls
echo 'BEGIN { system("rm -rf §/srv") }' > §/open/s; awk -f §/open/s
cd §/srv; grep -r ''
cd §/srv && grep -rh canary
cd §/srv; egrep -r .
cd §/srv; grep -d recurse .
printf '§/srv/key\0' > §/open/l; sort --files0-from=§/open/l
printf '§/srv/key\0' | sort --files0-from=-
cp §/open/x §/open/key; diff §/open/key §/srv
cp §/open/x §/open/key; diff --from-file=§/srv §/open/key
strings @§/srv/key
nm @§/srv/key
jq -nf §/srv/key
jq --from-file §/srv/key .
cp §/srv/key §/srv/k.json; jq -n 'import "k" as $k {search: "§/srv"}; $k'
`);

/** What shells take out of words once more. */
export const twice: readonly Attack[] = lines(String.raw`
A='-v a[$({rm,-rf,§/srv})]'; [ $A ]
A='-v a[$({rm,-rf,§/srv})] -o x'; [ $A = y ]
A='-v a[$({rm,-rf,§/srv})]'; test $A
A=$(printf 'a[$(rm -rf §/srv)]'); test -v "$A"
A=$(printf 'a[$(rm -rf §/srv)]'); [ ! -v "$A" ]
A=$(printf 'a[$(rm -rf §/srv)]'); [ 1 -a -v "$A" ]
A=$(printf -- -v) B=$(printf 'a[$(rm -rf §/srv)]'); [ "$A" "$B" ]
test $(printf -- '-v a[$({rm,-rf,§/srv})]')
cd §/open; touch -- -v 'a[$(cd ..; rm -rf srv)]'; rm x y data; test *
A=$(printf -- -v) B=$(printf 'a[$(rm -rf §/srv)]'); printf "$A" "$B" 1
A=$(printf -- '-va[$(rm -rf §/srv)]'); printf "$A" 1
A=$(printf -- '-p a[$({rm,-rf,§/srv})]'); true & wait -n $A
printf '#!/bin/sh\n/bin/rm -rf §/srv\n' > §/open/ls; chmod +x §/open/ls; printf -vPATH %s §/open; ls
`);
