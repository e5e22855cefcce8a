"""Print the script that lets a shell complete commands, options, codes, ids and accounts."""

import os
from typing import Annotated

import typer

from bizcli.cli.command import Command, example
from bizcli.cli.language import _
from bizcli.cli.output import json_text, print_out, visible
from bizcli.kernel.errors import Misused
from bizcli.kernel.records import nearest

app = typer.Typer()
Shell = Annotated[str | None, typer.Argument(metavar="[bash|zsh|fish]", help=_("The shell; yours when absent."))]
Install = Annotated[bool, typer.Option("--install", help=_("Write it to where the shell looks for it."))]
Json = Annotated[bool, typer.Option("--json", help=_("Print shell, file and script as JSON."))]

# What a shell puts on the line is later run by it: a word with any sign that means something to it is quoted.
BASH = r"""_bizcli() {
    local word more help
    COMPREPLY=()
    while IFS=$'\t' read -r word more help; do
        [[ $word == *[^][:alnum:]_./:=@%+,~-]* ]] && printf -v word %q "$word"
        COMPREPLY+=("$word")
        [[ $more == + ]] && compopt -o nospace
    done < <(command bizcli __complete bash "${COMP_LINE:0:COMP_POINT}" "$2" 2>/dev/null)
}
complete -F _bizcli bizcli
"""

ZSH = r"""#compdef bizcli
_bizcli() {
    local word more help
    local -a whole shown begun
    while IFS=$'\t' read -r word more help; do
        if [[ $more == + ]]; then
            begun+=("$word")
        else
            whole+=("$word")
            shown+=("$word${help:+  -- $help}")
        fi
    done < <(command bizcli __complete zsh "${words[1,CURRENT-1]} $PREFIX" 2>/dev/null)
    (( ${#begun} )) && compadd -S '' -a begun
    (( ${#whole} )) && compadd -l -d shown -a whole
}
if [[ $funcstack[1] == _bizcli ]]; then _bizcli "$@"; else compdef _bizcli bizcli; fi
"""

FISH = """complete -c bizcli -f -a '(command bizcli __complete fish (commandline -cp) 2>/dev/null)'
"""

SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}
PLACES = {
    "bash": "~/.local/share/bash-completion/completions/bizcli",
    "zsh": "~/.local/share/zsh/site-functions/_bizcli",
    "fish": "~/.config/fish/completions/bizcli.fish",
}


@app.command(
    cls=Command,
    epilog=example(
        'eval "$(bizcli completion bash)"', "bizcli completion zsh --install", "bizcli completion fish --install"
    ),
)
def completion(context: typer.Context, shell: Shell = None, install: Install = False, json: Json = False) -> int:
    shell = shell or os.path.basename(os.environ.get("SHELL") or "bash")
    if shell not in SCRIPTS:
        raise Misused.of(
            "unknown-word",
            "{shell} is no shell that bizcli knows; the nearest is {nearest}, and there are {known}",
            shell=shell[:60],
            nearest=nearest(shell, SCRIPTS),
            known=", ".join(SCRIPTS),
        )
    path = os.path.expanduser(PLACES[shell])
    if install:
        from bizcli.cli.output import replace_file

        os.makedirs(os.path.dirname(path), exist_ok=True)
        replace_file(path, SCRIPTS[shell].encode())
    if json:
        print_out(json_text({"shell": shell, "file": path if install else None, "script": SCRIPTS[shell]}))
    elif install:
        print_out(_("written to {file}; it works in the next shell that you open").format(file=visible(path)) + "\n")
        if shell == "zsh":
            print_out(
                _("zsh must look there: fpath+=({folder}) before compinit in ~/.zshrc").format(
                    folder=visible(os.path.dirname(path))
                )
                + "\n"
            )
    else:
        print_out(SCRIPTS[shell])
    return 0


def installed() -> list[str]:
    """The shells that have the script where they look for it."""
    return [shell for shell, path in PLACES.items() if os.path.isfile(os.path.expanduser(path))]
