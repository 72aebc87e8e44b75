"""The QR code says the address and nothing else, wherever it is shown."""

import re
import xml.etree.ElementTree as ET

import pytest

from payments.providers.usdt.qr import svg

ADDRESS = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"
OTHERS = ["0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "0x" + "0" * 40, "0x" + "F" * 40]


def drawn(code: str) -> list[list[bool]]:
    """The modules of a code, without its quiet zone, from what is drawn: lines to the right and jumps."""
    root = ET.fromstring(code)
    size = int(root.attrib["viewBox"].split()[2])
    dark = [[False] * size for _ in range(size)]
    (line,) = (path for path in root.iter("path") if path.get("stroke") == "#000")
    x = y = 0.0
    for step, numbers in re.findall(r"([Mmh])([-\d. ]+)", line.attrib["d"]):
        first, *rest = map(float, numbers.split())
        if step == "h":
            for column in range(int(x), int(x + first)):
                dark[int(y)][column] = True
        x, y = (0.0, 0.0) if step == "M" else (x, y)
        x, y = x + first, y + (rest[0] if rest else 0)
    around = [row[:4] + row[-4:] for row in dark] + dark[:4] + dark[-4:]
    assert not any(any(part) for part in around)
    return [row[4:-4] for row in dark[4:-4]]


MASKS = [
    lambda row, column: (row + column) % 2,
    lambda row, column: row % 2,
    lambda row, column: column % 3,
    lambda row, column: (row + column) % 3,
    lambda row, column: (row // 2 + column // 3) % 2,
    lambda row, column: row * column % 2 + row * column % 3,
    lambda row, column: (row * column % 2 + row * column % 3) % 2,
    lambda row, column: ((row + column) % 2 + row * column % 3) % 2,
]


def read(dark: list[list[bool]]) -> str:
    """What a code of version 3-M says (ISO/IEC 18004): one block, so its bytes come in order; mending is not needed."""
    size = len(dark)
    assert size == 29
    form = int("".join(str(int(bit)) for bit in dark[8][:5]), 2) ^ 0b10101
    assert form >> 3 == 0b00  # error correction M
    mask = MASKS[form & 0b111]

    def is_pattern(row: int, column: int) -> bool:
        finder = (row < 9 and (column < 9 or column >= size - 8)) or (row >= size - 8 and column < 9)
        return finder or 6 in (row, column) or (20 <= row <= 24 and 20 <= column <= 24)

    bits = []
    for turn, right in enumerate([*range(size - 1, 6, -2), *range(5, 0, -2)]):
        rows = range(size) if turn % 2 else range(size - 1, -1, -1)
        bits += [
            dark[row][column] ^ (not mask(row, column))
            for row in rows
            for column in (right, right - 1)
            if not is_pattern(row, column)
        ]
    text = "".join(str(int(bit)) for bit in bits)
    assert text[:4] == "0100"  # bytes
    length = int(text[4:12], 2)
    return bytes(int(text[12 + 8 * at : 20 + 8 * at], 2) for at in range(length)).decode()


@pytest.mark.parametrize("address", [ADDRESS, *OTHERS])
def test_u19_the_code_reads_as_the_bare_address_with_its_checksum(address):
    assert read(drawn(svg(address, title="Address"))) == address


def test_the_code_is_dark_on_white_in_any_theme_with_its_quiet_zone():
    root = ET.fromstring(svg(ADDRESS, title="Address"))
    background, lines = root.iter("path")
    assert (root.attrib["viewBox"], background.attrib["fill"], lines.attrib["stroke"]) == ("0 0 37 37", "#fff", "#000")
    assert background.attrib["d"] == "M0 0h37v37h-37z"


def test_the_code_needs_no_inline_style_nor_script():
    assert not re.search(r"style|script|\son\w+=|href", svg(ADDRESS, title="Address"))


def test_the_code_is_an_image_with_a_name():
    root = ET.fromstring(svg(ADDRESS, title='<b>Pay & "go"</b>'))
    assert root.attrib["role"] == "img"
    assert root.findtext("title") == '<b>Pay & "go"</b>'
