"""lastday completion"""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def completion(shell: str) -> None:
    """Write the script that makes a shell complete commands, options, and ids of the working folder.

    It completes ids of cases and findings and pseudonyms, from the folder that -C or $LASTDAY_FOLDER names;
    no name of a person ever stands in a prompt.

    \b
    Examples:
      lastday completion bash > ~/.local/share/bash-completion/completions/lastday
      lastday completion zsh > ~/.zfunc/_lastday
      lastday completion fish > ~/.config/fish/completions/lastday.fish
    """
    from click.shell_completion import get_completion_class

    from monitor.cli import COMPLETE, main

    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"click knows no completion for {shell}")
    click.echo(found(main, {}, "lastday", COMPLETE).source())
