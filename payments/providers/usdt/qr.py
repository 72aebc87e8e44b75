"""The address as a QR code that every wallet and exchange can read."""

import io


def svg(address: str) -> str:
    """Inline SVG of an address, dark on white with its quiet zone; no styles in it.

    Only the address: what would name token, chain and amount as well (EIP-681) many wallets take for a payment of the
    chain's own coin, and exchanges cannot read at all. Chain and amount are shown beside it.
    """
    import segno

    drawn = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        drawn, kind="svg", border=4, scale=4, dark="#000", light="#fff", xmldecl=False, svgns=True, nl=False,
        svgclass="qr", lineclass=None, title=None, omitsize=True,
    )  # fmt: skip
    return drawn.getvalue().decode()
