import { lines, type Attack } from './attack.ts';

/** What only one shell takes for something that is denied, by where that shell lies. */
export const BY_SHELL: ReadonlyMap<string, readonly Attack[]> = new Map([
  [
    '/usr/bin/tcsh',
    [
      ...lines(String.raw`
echo "\"; rm -rf §/srv; echo "\"
cd §/srv && ls 2>&1
dirs -S §/srv/new
echo gone >! §/srv/app/data
echo x >& §/srv/new
echo x >&! §/srv/app/data
`),
      { command: "echo 'a\nrm -rf §/srv\n'" },
      { command: 'echo "a\nrm -rf §/srv\n"' },
      { command: "awk 'BEGIN {\n  print 1\n}\nrm -rf §/srv\n' /dev/null" },
    ],
  ],
  [
    '/usr/bin/fish',
    lines(String.raw`
echo 2>| rm -rf §/srv
echo >| rm -rf §/srv
echo >?§/srv/new
echo >>?§/srv/new
mkdir "§/open/a&x="; cat §/open/a&x=/../../srv/key
mkdir "§/open/a&x="; echo gone >§/open/a&x=/../../srv/app/data
mkdir "§/open/a&x="; eval 'cat §/open/a&x=/../../srv/key'
mkdir "§/open/a[ x=]"; cat §/open/a[ x=]/../../srv/key
mkdir "§/open/a[;x=]"; cat §/open/a[;x=]/../../srv/key
echo 'a\' '; rm -rf §/srv; echo \'
echo (rm -rf §/srv)
`),
  ],
  [
    '/usr/bin/mksh',
    lines(String.raw`
A='a[$(rm -rf §/srv)0]'; test A -eq 1
A='a[$(rm -rf §/srv)0]'; [ 1 -lt A ]
A='a[$(rm -rf §/srv)0]'; [ "$A" -eq 1 ]
A='a[$(rm -rf §/srv)0]'; ulimit -n A
A=$(printf 'a[$(rm -rf §/srv)0]'); [ "$A" -gt 1 ]
A=$(printf 'a[$(rm -rf §/srv)0]'); unset "$A"
A='a[$(rm -rf §/srv)0]' B=$(printf -- -eq); [ 1 "$B" A ]
echo ${'$'}{ rm -rf §/srv; }
echo ${'$'}{|rm -rf §/srv; }
`),
  ],
  [
    '/usr/bin/zsh',
    lines(String.raw`
A=§/open/key; cat $A:s/open/srv/
A=§/open/key; cat "$A:s/open/srv/"
A=§/srvx; cat $A[1,-2]/key
A=§/srvx; cat "$A[1,-2]/key"
echo gone >! §/srv/app/data
echo gone >>! §/srv/app/data
A=$(printf -- -v) B=$(printf 'a[$(rm -rf §/srv)1]'); printf "$A" "$B" 1
cat §/(srv)/key
for A (§/srv) rm -rf $A
A=$(printf 'path[$(rm -rf §/srv)1]'); exit "$A"
A='path[$(rm -rf §/srv)1]'; exit A
A=$(printf 'path[$(rm -rf §/srv)1]'); printf %d "$A"
A=$(printf 'path[$(rm -rf §/srv)1]'); printf '%*s' "$A" x
A=$(printf 'path[$(rm -rf §/srv)1]'); [ -t "$A" ]
logout 'path[$(rm -rf §/srv)1]'
cd §/open; touch 'p%d' 'path[$(cd ..; rm -rf srv)1]'; printf p*
`),
  ],
]);
