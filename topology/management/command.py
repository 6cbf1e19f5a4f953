"""What every command shares: results on stdout, messages on stderr, and the four exit codes of the interface."""

from __future__ import annotations

import json
import sys
import traceback
from argparse import RawDescriptionHelpFormatter
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandParser

from topology.design import TierwrightError
from topology.document import PlanRefused

FINE, FINDINGS, BAD_INPUT, OUR_FAULT = 0, 1, 2, 3


class PlanCommand(BaseCommand):
    """A command over plan files and logs. It needs no database.

    `run` does the work and returns FINE or FINDINGS; a TierwrightError becomes BAD_INPUT with its sentence,
    anything else OUR_FAULT with one sentence, and with a traceback where `--traceback` asks for it.
    """

    example = ""
    """A command line that works, shown at the end of `--help`."""
    requires_system_checks = ()
    requires_migrations_checks = False

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """The parser, with the example under the options."""
        kwargs.setdefault("formatter_class", RawDescriptionHelpFormatter)
        return super().create_parser(prog_name, subcommand, epilog=f"example:\n  {self.example}", **kwargs)

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, and end with the code that the interface promises."""
        try:
            code = self.run(**options)
        except TierwrightError as error:
            self._end(BAD_INPUT, "\n".join(error.lines() if isinstance(error, PlanRefused) else [str(error)]))
        except BrokenPipeError:
            sys.stdout = None  # whoever read us has left; nothing more can be said
            sys.exit(FINE)
        except Exception as error:
            if options.get("traceback"):
                traceback.print_exc()
            self._end(
                OUR_FAULT,
                f"this is a fault of Tierwright, not of your input: {type(error).__name__}: {error};"
                " --traceback shows where",
            )
        if code:
            sys.exit(code)

    def run(self, **options: Any) -> int:
        """Do the work; returns FINE or FINDINGS."""
        raise NotImplementedError

    def say(self, text: str) -> None:
        """A message for the person at the terminal, on stderr."""
        self.stderr.write(text, style_func=str)

    def answer(self, text: str) -> None:
        """A part of the result, on stdout."""
        self.stdout.write(text)

    def answer_json(self, document: Any) -> None:
        """The result for machines, on stdout."""
        self.stdout.write(json.dumps(document, indent=2, ensure_ascii=False))

    def _end(self, code: int, sentence: str) -> NoReturn:
        self.say(sentence)
        sys.exit(code)
