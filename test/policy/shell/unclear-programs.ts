/** Programs of awk and sed of which nobody can say what they do. */
export const UNCLEAR_PROGRAMS: readonly string[] = String.raw`
awk 'BEGIN{system("id")}'
awk 'BEGIN{"id" | getline}'
awk '{print > "/etc/x"}' a
awk -f x a
awk 'function f() { return 1 } {print f()}' a
awk '{print $1 | "sh"}' a
awk '{print "id" |& "sh"}' a
awk '{print $1 >> "x"}' a
awk '{printf "%s", $1 > "x"}' a
awk '{print a,b > "x"}' a
awk '{print (a) > "x"}' a
awk '{print a[1] > "x"}' a
awk '{x = "id"; while ((x | getline y) > 0) print y}' a
awk '{getline < "/etc/shadow"; print}' a
awk 'BEGIN{ARGV[1]="/etc/shadow";ARGC=2}{print}' a
awk 'BEGIN{f="system"; @f("id")}' a
awk '@include "x"' a
awk 'BEGIN { s = 1; x = s++ /2; system("id") /1 }' a
awk '/[/]; system("id") #]/' a
awk '/[]/]; system("id")/' a
awk 'BEGIN { if (1) /x/; system("id") / 1 }' a
awk 'BEGIN { awk::system("id") }' a
awk -i x '{print}' a
awk -o/etc/x '{print}' a
awk -l x '{print}' a
awk -v x="$X" '{print x}' a
awk "$X" a
awk '{print}' /inet/tcp/0/x/80
awk 'BEGIN { asort(a, b, "f") }' a
gawk -e 'BEGIN{system("id")}' a
mawk -W exec x a
sed 's/a/b/w /etc/x' a
sed 's/a/id/ge' a
sed 's/a/id/;e' a
sed 's/a/b/;w x' a
sed 'r /etc/x' a
sed -e '$!{w x' -e '}' a
sed 'a\' -e 'e id' a
sed 's/[/]/x/;e id' a
sed 's/[]/]/x/;e id' a
sed 's;a;b;;e id' a
sed -n '/a/{p;e id'
sed 'y/a/b/;e id' a
sed '1,$e id' a
sed '\xaxe id' a
sed 's/a/b/e;' a
sed "$X" a
sed -s -f x a
sed 's/a/id/e' a
sed '1e id' a
sed 'w /etc/x' a
sed -n '/x/w /etc/x' a
sed -f x a
`
  .split('\n')
  .filter((line) => line !== '');
