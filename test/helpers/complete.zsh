# prints what zsh offers for the line in $1: completion only runs in an interactive shell, so one is driven on a terminal
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z "stty -echo 2>/dev/null; PROMPT=; fpath=($PWD \$fpath); autoload -Uz compinit; compinit -u -D"
zpty -w z 'compadd () {
  if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
  typeset -a __hits; builtin compadd -A __hits "$@"
  (( $#__hits )) && print -rl -- "<"${^__hits}">"
}
done-line () { print -r -- "=END="; exit }
compprefuncs=(); comppostfuncs=(done-line)
bindkey "^I" complete-word
print -r -- "=READY="'
local out= chunk
while zpty -r z chunk; do [[ $chunk == *=READY=* && $chunk != *print* ]] && break; done
zpty -n -w z "$1"$'\t'
while zpty -r z chunk; do [[ $chunk == *=END=* ]] && break; out+=$chunk; done
print -r -- "$out" | tr -d '\r' | grep -o '<[^>]*>' | tr -d '<>'
