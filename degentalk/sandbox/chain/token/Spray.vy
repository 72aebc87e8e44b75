# pragma version 0.4.3
# pragma evm-version cancun
"""
@title Many transfers of a token in one transaction
@notice Moves what the caller has allowed this contract to move. For development and tests.
"""

interface Token:
    def transferFrom(_from: address, _to: address, _value: uint256): nonpayable

MAX: constant(uint256) = 100


@external
def spray(_token: address, _to: DynArray[address, MAX], _values: DynArray[uint256, MAX]):
    assert len(_to) == len(_values)
    for i: uint256 in range(len(_to), bound=MAX):
        extcall Token(_token).transferFrom(msg.sender, _to[i], _values[i])
