/** `slipway completion <shell> -- <words>` prints what may come, then `:none`, `:file` or `:folder`; the scripts show it. */
const bash = `# bash completion for slipway
_slipway() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" line word
  COMPREPLY=()
  [ "$cur" = "=" ] && cur=
  while IFS= read -r line; do
    case "$line" in
      :none) ;;
      :file)
        compopt -o filenames 2>/dev/null
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -f -- "$cur") ;;
      :folder)
        compopt -o filenames 2>/dev/null
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -d -- "$cur") ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <(slipway completion bash -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _slipway slipway
`;

const zsh = `#compdef slipway
_slipway() {
  local -a candidates
  local line paths=none
  while IFS= read -r line; do
    case "$line" in
      :none|:file|:folder) paths="\${line#:}" ;;
      *) candidates+=("\${\${line//:/\\\\:}/$'\\t'/:}") ;;
    esac
  done < <(slipway completion zsh -- "\${(@Q)words[2,CURRENT]}" 2>/dev/null)
  case "$paths" in
    file) compset -P '--*='; _files ;;
    folder) compset -P '--*='; _files -/ ;;
    *) (( $#candidates )) && _describe -V slipway candidates ;;
  esac
}
if [ "$funcstack[1]" = "_slipway" ]; then
  _slipway "$@"
else
  compdef _slipway slipway
fi
`;

const fish = `# fish completion for slipway
function __slipway_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    for line in (slipway completion fish -- $before[2..-1] "$current" 2>/dev/null)
        switch $line
            case :none
            case :file
                __fish_complete_path (string replace -r -- '^--[^=]*=' '' "$current")
            case :folder
                __fish_complete_directories (string replace -r -- '^--[^=]*=' '' "$current")
            case '*'
                echo $line
        end
    end
end
complete -c slipway -f -a '(__slipway_complete)'
`;

export const scripts = { bash, zsh, fish };
