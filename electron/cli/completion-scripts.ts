import type { shells } from './completion.ts';

/**
 * What a shell runs at the Tab key: it asks `trustkeep complete` what may stand at the cursor, so that a script never is
 * older than the program. Where nothing comes back, files are offered.
 */
export const completionScripts: Record<(typeof shells)[number], string> = {
  bash: `# For this session:  source <(trustkeep completion bash)
# From now on:       trustkeep completion bash > ~/.local/share/bash-completion/completions/trustkeep
_trustkeep() {
  local word help
  COMPREPLY=()
  while IFS=$'\\t' read -r word help; do
    COMPREPLY+=("$word")
  done < <(trustkeep complete "$((COMP_CWORD - 1))" -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -o nosort -F _trustkeep trustkeep
`,
  zsh: `#compdef trustkeep
# For this session:  source <(trustkeep completion zsh)
# From now on:       trustkeep completion zsh > a file named _trustkeep in a directory of $fpath
_trustkeep() {
  local word help
  local -a found
  while IFS=$'\\t' read -r word help; do
    found+=("\${word//:/\\\\:}:$help")
  done < <(trustkeep complete "$((CURRENT - 2))" -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#found} )); then
    _describe -V trustkeep found
  else
    _files
  fi
}
if [[ "\${funcstack[1]}" = _trustkeep ]]; then
  _trustkeep
else
  compdef _trustkeep trustkeep
fi
`,
  fish: `# For this session:  trustkeep completion fish | source
# From now on:       trustkeep completion fish > ~/.config/fish/completions/trustkeep.fish
function __trustkeep_complete
  set -l before (commandline -opc)
  set -l partial (commandline -ct)
  set -l found (trustkeep complete (math (count $before) - 1) -- $before[2..-1] $partial 2>/dev/null)
  if test (count $found) -eq 0
    __fish_complete_path $partial
  else
    printf '%s\\n' $found
  end
end
complete -c trustkeep -f -k -a '(__trustkeep_complete)'
`,
  powershell: `# For this session:  trustkeep completion powershell | Out-String | Invoke-Expression
# From now on:       add that line to the file named by $PROFILE
Register-ArgumentCompleter -Native -CommandName trustkeep -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.StartOffset -lt $cursorPosition } | ForEach-Object { $_.ToString() })
  $at = if ($wordToComplete) { $words.Count - 1 } else { $words.Count }
  trustkeep complete $at -- @words 2>$null | ForEach-Object {
    $word, $help = $_ -split "\`t", 2
    if (-not $help) { $help = $word }
    [System.Management.Automation.CompletionResult]::new($word, $word, 'ParameterValue', $help)
  }
}
`,
};
