"""What members write, as HTML that is safe to show. Pure: the same source always gives the same HTML.

Two walls: the renderer escapes all HTML in the source, and the sanitiser drops whatever is not on its list.
Posts are rendered once, when they are written, so a change here reaches new posts only.
"""

import html
import re
from collections.abc import Iterator, Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock, table
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from degentalk.forum import rules

SCHEMES = {"http", "https", "mailto"}
LINK_REL = "nofollow ugc noopener"

# The thread's title is the page's h1 and every post has an h2 of its own.
TOP_HEADING = 3
BOTTOM_HEADING = 6

# Short rows are filled up to the width of their table, so few characters could make a page of megabytes.
CELLS_MAX = 5_000

# Quotes in lists in quotes: deeper ones stay text, so that time and the page's width are bounded.
NESTING_MAX = 20

TAGS = {
    "a", "blockquote", "br", "code", "div", "em", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "s", "strong",
    "table", "tbody", "td", "th", "thead", "tr", "ul",
}  # fmt: skip
ATTRIBUTES = {"a": {"href", "title"}, "ol": {"start"}}
CLASSES = {"div": {"scroll"}, "td": {"center", "end"}, "th": {"center", "end"}}
# What is wider than the page scrolls by itself, and whatever scrolls must be reachable with the keyboard.
ALWAYS = {"div": {"tabindex": "0"}, "pre": {"tabindex": "0"}}

CLASS_OF_ALIGNMENT = {"text-align:center": "center", "text-align:right": "end"}
SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)


def render(source: str) -> str:
    """Safe HTML. Raises ValueError above BODY_MAX_LENGTH: the time it takes is bounded by the length."""
    if len(source) > rules.BODY_MAX_LENGTH:
        raise ValueError(f"A body has at most {rules.BODY_MAX_LENGTH} characters, not {len(source)}.")
    return _CLEANER.clean(_RENDERER.render(source))


def text_of(rendered: str) -> str:
    """The words in rendered HTML, without its tags."""
    return html.unescape(nh3.clean(rendered, tags=set()))


def _renderer() -> MarkdownIt:
    options = {"html": False, "linkify": True, "typographer": False, "breaks": True, "maxNesting": NESTING_MAX}
    markdown = MarkdownIt("commonmark", options).enable(["table", "strikethrough", "linkify"])
    # Only addresses that say they are one: “node.js” and “readme.md” are words.
    markdown.linkify.set({"fuzzy_link": False, "fuzzy_email": False})  # type: ignore[union-attr]
    # Links are found in the finished text instead; this earlier rule takes seconds for some 10,000 characters.
    markdown.inline.ruler.disable("linkify")
    markdown.block.ruler.at("table", _small_table, {"alt": ["paragraph", "reference"]})
    markdown.validateLink = _may_link_to  # type: ignore[method-assign]
    markdown.core.ruler.push("outline", _keep_outline)
    markdown.core.ruler.push("links", _tidy_links)
    markdown.core.ruler.push("alignment", _align_by_class)
    markdown.add_render_rule("table_open", _open_table)
    markdown.add_render_rule("table_close", _close_table)
    return markdown


def _small_table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    columns = state.src[state.bMarks[start] : state.eMarks[start]].count("|") + 1
    return columns * (end - start) <= CELLS_MAX and table(state, start, end, silent)


def _may_link_to(url: str) -> bool:
    scheme = SCHEME.match(url)
    return scheme is None or scheme[1].lower() in SCHEMES


def _keep_outline(state: StateCore) -> None:
    """Headings start below the post's own and never skip a level, whatever the member began with."""
    open_levels: list[int] = []
    for token in state.tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
            while open_levels and open_levels[-1] >= level:
                open_levels.pop()
            open_levels.append(level)
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(TOP_HEADING + len(open_levels) - 1, BOTTOM_HEADING)}"


def _tidy_links(state: StateCore) -> None:
    for token in state.tokens:
        if token.children:
            token.children = list(_tidied(token.children))


def _tidied(tokens: list[Token]) -> Iterator[Token]:
    """Images become links, since showing them would tell their host who reads; every link has words."""
    inside: Token | None = None
    is_empty = False
    for token in tokens:
        if token.type == "image":
            yield from [_words(token)] if inside else _link_to_image(token)
        elif token.type == "link_close" and inside and is_empty:
            yield from (_text(str(inside.attrGet("href"))), token)
        else:
            yield token
        is_empty = token.type == "link_open"
        if token.type in {"link_open", "link_close"}:
            inside = token if is_empty else None


def _link_to_image(image: Token) -> list[Token]:
    link = Token("link_open", "a", 1, attrs={"href": str(image.attrGet("src"))})
    return [link, _words(image), Token("link_close", "a", -1)]


def _words(image: Token) -> Token:
    return _text(image.content.strip() or str(image.attrGet("src")))


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _align_by_class(state: StateCore) -> None:
    """Columns are aligned by inline style in the renderer, which the site's content policy forbids."""
    for token in state.tokens:
        alignment = CLASS_OF_ALIGNMENT.get(str(token.attrGet("style")))
        if alignment:
            token.attrSet("class", alignment)


def _open_table(renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType) -> str:
    return '<div class="scroll"><table>\n'


def _close_table(
    renderer: RendererHTML, tokens: Sequence[Token], index: int, options: OptionsDict, env: EnvType
) -> str:
    return "</table></div>\n"


# Both keep no state between calls, so all threads of a server share them.
_RENDERER = _renderer()
_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    allowed_classes=CLASSES,
    set_tag_attribute_values=ALWAYS,
    url_schemes=SCHEMES,
    link_rel=LINK_REL,
    strip_comments=True,
)
