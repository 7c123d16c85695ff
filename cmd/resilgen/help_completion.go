package main

// This file is the manual page on completing command lines: resilgen help completion.

const completionPage = `For this session:

    source <(resilgen completion bash)
    source <(resilgen completion zsh)
    resilgen completion fish | source

For good, in the start-up file of the shell, or:

    resilgen completion bash > ~/.local/share/bash-completion/completions/resilgen
    resilgen completion zsh  > a file _resilgen in a directory of $fpath
    resilgen completion fish > ~/.config/fish/completions/resilgen.fish

The scripts call resilgen completion candidates LINE, where LINE is the command line up to the cursor. It prints
what the last word can become, one candidate a line, with a tab and its meaning behind it.
`
