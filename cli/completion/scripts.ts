/** What each shell is to read. All ask `reprise completion candidates`, so that they know what this version knows. */
export const SCRIPTS = {
  bash: `# reprise completion bash; in ~/.bashrc: eval "$(reprise completion bash)"
_reprise() {
  local line=\${COMP_LINE:0:COMP_POINT} words current candidate prefix
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=\${words[\${#words[@]}-1]}
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    COMPREPLY+=("$candidate")
  done < <("\${words[0]}" completion candidates -- "\${words[@]:1}" 2>/dev/null)
  # Bash takes what follows the last of these for the word.
  for prefix in : =; do
    [[ $current == *"$prefix"* && $COMP_WORDBREAKS == *"$prefix"* ]] || continue
    prefix=\${current%"\${current##*"$prefix"}"}
    COMPREPLY=("\${COMPREPLY[@]#"$prefix"}")
  done
}
complete -o default -F _reprise reprise
`,
  zsh: `#compdef reprise
# reprise completion zsh; in ~/.zshrc, after compinit: eval "$(reprise completion zsh)"
_reprise() {
  local line
  local -a found
  for line in "\${(@f)$("\${words[1]}" completion candidates -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && found+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#found )); then _describe reprise found; else _files; fi
}
if [[ $funcstack[1] == _reprise ]]; then _reprise "$@"; else compdef _reprise reprise; fi
`,
  fish: `# reprise completion fish; as a file: reprise completion fish > ~/.config/fish/completions/reprise.fish
function __reprise_candidates
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l found ($words[1] completion candidates -- $words[2..-1] "$current" 2>/dev/null)
    if test (count $found) -gt 0
        printf '%s\\n' $found
    else
        __fish_complete_path "$current"
    end
end
complete -c reprise -f -a '(__reprise_candidates)'
`,
} as const;
