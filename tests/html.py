"""HTML as a test reads it: how a template is broken into lines is no promise."""

import re

from django.http import HttpResponse


def html_of(answer: HttpResponse) -> str:
    """All of it, without white space around tags and between attributes."""
    text = " ".join(answer.content.decode().split())
    return re.sub(r"\s*(?=<|/?>)|(?<=>)\s+", "", text)


def main_of(answer: HttpResponse) -> str:
    """The page without the frame around it, whose economy counts everybody."""
    return html_of(answer).split("<main")[1].split("</main>")[0]
