"""The QR code of an address to pay to.

It holds the bare address, not a payment request (`ethereum:<token>@<chain>/transfer?address=…`, EIP-681): there the
token's contract comes first, and wallets that read no further offer to send to it, where the money is lost. That
happened with USDT in MyEtherWallet (issues 3056 and 5185) and in MetaMask (extension, issue 28527). A bare address is
read by all wallets and exchanges; chain and amount stand beside it, to be chosen by hand.
"""

QUIET_ZONE = 4  # modules, as ISO/IEC 18004 asks


def svg(address: str, *, title: str) -> str:
    """An `<svg>` for a page without inline style: dark on white in any theme, named by the title, which is escaped."""
    import segno

    code = segno.make_qr(address, mode="byte", error="m", boost_error=False)  # "m" mends 15 % of it
    drawn = code.svg_inline(
        border=QUIET_ZONE, dark="#000", light="#fff", omitsize=True, title=title, svgclass="qr", lineclass=None
    )
    return drawn.replace("<svg ", '<svg role="img" ', 1)
