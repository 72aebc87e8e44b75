"""What members write becomes HTML that is safe to show, in bounded time."""

import time
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from urllib.parse import urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from degentalk.forum import markdown, rules

PLAIN = "blockquote br code em h3 h4 h5 h6 hr li p s strong table tbody thead tr ul"
ALLOWED: dict[str, set[str]] = {tag: set() for tag in PLAIN.split()} | {
    "a": {"href", "title", "rel"},
    "div": {"class", "tabindex"},
    "ol": {"start"},
    "pre": {"tabindex"},
    "td": {"class"},
    "th": {"class"},
}
SECONDS_MAX = 5

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java&#115;cript:alert(1))",
    "[x](java&Tab;script:alert(1))",
    "[x](&#1;javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    "<javascript:alert(1)>",
    "[a]: javascript:alert(1)\n\n[a]",
    '[x](http://a "onmouseover=alert(1) \\" x=")',
    '```"><script>alert(1)</script>\nx\n```',
    "<a href='javascript:x' style='position:fixed'>x</a>",
    "<!-- --><style>*{display:none}</style>",
    "|a|\n|:-:|\n|<svg onload=x>|",
    "&lt;script&gt;",
    "{{ secret }} {% load x %}",
    "<c-user /><c-slot>",
]
PIECES = st.sampled_from(
    [*HOSTILE, "[", "](", ")", "![", "*", "_", "`", "```", "> ", "- ", "1. ", "# ", "|", "|-|\n", "~~", "<", ">", "\\",
     "&", "&#x", ";", "http://", "é", "https://a.example/", "javascript:", "data:", "mailto:", "//", "@", "\n",
     "\n\n", "    ", "\u202e", "\u200b", "\u00a0", "🦀", '"', "'", "="]
)  # fmt: skip
SOURCES = st.one_of(
    st.lists(PIECES, max_size=80).map("".join),
    st.text(max_size=400),
    st.tuples(PIECES, st.integers(1, 400)).map(lambda pair: (pair[0] * pair[1])[: rules.BODY_MAX_LENGTH]),
)
# Found by random search among the slowest and the largest of 10,000 characters.
WORST = [
    "[", "![", "&![^[", "|#http://", "http://[", "#https://a/\\[", "https://a/(", "https://a/&", "<https://a/& )", "> ",
    "- ", "*a_", "`", "<![CDATA[", "|a|b|\n|-|-|\n", "mailto:", "\n!~<",
]  # fmt: skip


class Seen(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_comment(self, data):
        self.tags.append(("comment", {}))


def outline(source):
    return [tag for tag, _ in Seen(markdown.render(source)).tags if tag.startswith("h") and tag != "hr"]


def assert_safe(html):
    for tag, attributes in Seen(html).tags:
        assert tag in ALLOWED
        assert set(attributes) <= ALLOWED[tag]
        if tag == "a":
            assert urlsplit(attributes.get("href", "")).scheme in {"", "http", "https", "mailto"}
            assert attributes["rel"] == "nofollow ugc noopener"
        assert attributes.get("class", "end") in {"scroll", "center", "end"}


@pytest.mark.parametrize("source", HOSTILE)
def test_hostile_input_becomes_harmless(source):
    assert_safe(markdown.render(source))


@settings(max_examples=300)
@given(SOURCES)
def test_no_input_makes_a_tag_or_attribute_outside_the_list(source):
    assert_safe(markdown.render(source))


@settings(max_examples=50)
@given(SOURCES)
def test_the_same_source_always_gives_the_same_html(source):
    assert markdown.render(source) == markdown.render(source)


def test_threads_may_render_at_once():
    sources = [f"# {n}\n\nhttps://a.example/{n} **{n}**" for n in range(200)]
    expected = [markdown.render(source) for source in sources]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(markdown.render, sources)) == expected


@pytest.mark.parametrize("unit", WORST)
def test_the_longest_body_is_rendered_in_bounded_time_and_size(unit):
    source = (unit * rules.BODY_MAX_LENGTH)[: rules.BODY_MAX_LENGTH]
    before = time.perf_counter()
    html = markdown.render(source)
    assert time.perf_counter() - before < SECONDS_MAX
    assert len(html) < 20 * rules.BODY_MAX_LENGTH


def test_a_few_characters_cannot_become_a_giant_table():
    source = "|a" * 400 + "\n" + "|-" * 400 + "\n" + "|b\n" * 2_500
    assert "<table" not in markdown.render(source[: rules.BODY_MAX_LENGTH])


def test_quotes_nest_only_so_deep():
    assert markdown.render("> " * 2_000 + "deep").count("<blockquote>") <= 20


def test_a_body_that_is_too_long_is_not_rendered():
    with pytest.raises(ValueError, match="at most 10000"):
        markdown.render("x" * (rules.BODY_MAX_LENGTH + 1))


@pytest.mark.parametrize(
    ("source", "levels"),
    [
        ("# A\n## B\n### C", ["h3", "h4", "h5"]),
        ("### A\n# B\n###### C\n## D", ["h3", "h3", "h4", "h4"]),
        ("# A\n## B\n### C\n#### D\n##### E\n###### F", ["h3", "h4", "h5", "h6", "h6", "h6"]),
        ("A\n=\n\n> ## B", ["h3", "h4"]),
    ],
)
def test_headings_start_below_the_posts_own_and_skip_no_level(source, levels):
    assert outline(source) == levels


LINK = '<a href="{}" rel="nofollow ugc noopener">{}</a>'


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("![a crab](https://i.example/c.png)", LINK.format("https://i.example/c.png", "a crab")),
        ("![](https://i.example/c.png)", LINK.format("https://i.example/c.png", "https://i.example/c.png")),
        ("[![a crab](c.png)](https://a.example)", LINK.format("https://a.example", "a crab")),
        ("[](https://a.example)", LINK.format("https://a.example", "https://a.example")),
    ],
)
def test_images_become_links_with_words(source, html):
    assert markdown.render(source) == f"<p>{html}</p>\n"


def test_addresses_become_links():
    link = LINK.format("https://a.example/b?c=d", "https://a.example/b?c=d")
    assert markdown.render("(https://a.example/b?c=d).") == f"<p>({link}).</p>\n"


def test_words_with_dots_stay_words():
    assert markdown.render("node.js, readme.md, foo@bar.com") == "<p>node.js, readme.md, foo@bar.com</p>\n"


def test_a_line_break_is_a_line_break():
    assert markdown.render("one\ntwo") == "<p>one<br>\ntwo</p>\n"


def test_code_keeps_its_characters():
    assert (
        markdown.render("```c\nif (a < b) &c;\n```") == '<pre tabindex="0"><code>if (a &lt; b) &amp;c;\n</code></pre>\n'
    )


def test_table_columns_are_aligned_without_inline_style():
    html = markdown.render("|a|b|\n|:-:|-:|\n|1|2|")
    assert '<th class="center">a</th>' in html
    assert '<td class="end">2</td>' in html
    assert "style" not in html


@pytest.mark.parametrize("source", ["[a]: http://b", "\u200b", "&nbsp;", "***", "[\u200b](/x)"])
def test_what_nobody_would_see_shows_nothing(source):
    assert not rules.shows_something(markdown.text_of(markdown.render(source)))


@pytest.mark.parametrize("source", ["a", "👍", "`x`", "<b>", "!"])
def test_what_somebody_would_see_shows_something(source):
    assert rules.shows_something(markdown.text_of(markdown.render(source)))
