"""Looks in a real Chromium: what members wear can be read on whatever it stands."""

from degentalk.accounts.unlocks.name_style import STYLES
from degentalk.accounts.unlocks.profile_theme import THEMES
from tests import browsing

pytestmark = browsing.MARKS

MEASURE = """([inks, themes, least]) => {
    const grounds = [['--bg'], ['--sunk'], ['--surface'], ['--raised'], ['--surface', '--xp-wash']]
    const probe = document.body.appendChild(document.createElement('p'))
    const pixel = new OffscreenCanvas(1, 1).getContext('2d', {willReadFrequently: true})
    const light = (token, className, theme, wash) => {
        probe.className = className
        document.querySelector('main').className = theme
        document.querySelector('main').append(probe)
        pixel.clearRect(0, 0, 1, 1)
        for (const layer of [token, wash].filter(Boolean)) {
            probe.style.color = `var(${layer})`
            pixel.fillStyle = getComputedStyle(probe).color
            pixel.fillRect(0, 0, 1, 1)
        }
        const [r, g, b] = [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3).map(value => {
            const part = value / 255
            return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
        })
        return 0.2126 * r + 0.7152 * g + 0.0722 * b
    }
    const found = []
    for (const scheme of ['dark', 'light']) {
        document.documentElement.style.colorScheme = scheme
        for (const theme of themes) for (const [className, token] of inks)
            for (const [ground, wash] of grounds) {
                const [a, b] = [light(token, className, theme), light(ground, '', theme, wash)].sort((x, y) => y - x)
                const ratio = (a + 0.05) / (b + 0.05)
                const where = `${className}${token} on ${theme} ${ground} ${wash ?? ''} ${scheme}`
                if (ratio < least) found.push(`${where}: ${ratio.toFixed(2)}`)
            }
    }
    return found
}"""


def test_every_name_and_text_reads_on_every_ground(windows):
    """At 4.5 to 1 at least, in both schemes; of a gradient at its three stops."""
    inks = [(f"name-{name}", "--name") for name in STYLES]
    inks += [(f"name-{name}", f"--name-{stop}") for name in ("sunset", "aurora") for stop in (2, 3)]
    inks += [("", token) for token in ("--text", "--text-2", "--text-3", "--xp", "--dgt", "--up", "--down", "--info")]
    page, themes = windows.open(), ["", *(f"theme-{name}" for name in THEMES)]
    page.goto("/shop")
    assert page.evaluate(MEASURE, [inks, themes, 4.5]) == []
    assert len(page.evaluate(MEASURE, [inks, themes, 21])) == len(inks) * len(themes) * 5 * 2  # it can find some
