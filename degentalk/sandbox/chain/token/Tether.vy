# pragma version 0.4.3
# pragma evm-version cancun
"""
@title A token that behaves like Tether's USDT on Ethereum
@notice For development and tests: it is worth nothing.
@dev Written anew after the behaviour of the deployed TetherToken. Like it, transfer, transferFrom and approve return
     nothing; a fee can be switched on, and the value in the log is then what arrives; it can be paused, it can refuse
     members of a list, and it can be deprecated. Calls after deprecation fail, as they do there while nothing that
     understands them is at the new address.
"""

event Transfer:
    sender: indexed(address)
    receiver: indexed(address)
    value: uint256

event Approval:
    owner: indexed(address)
    spender: indexed(address)
    value: uint256

event Issue:
    amount: uint256

event Params:
    feeBasisPoints: uint256
    maxFee: uint256

event Deprecate:
    newAddress: address

event Pause:
    pass

event Unpause:
    pass

event AddedBlackList:
    _user: address

event RemovedBlackList:
    _user: address

MAX_BASIS_POINTS: constant(uint256) = 20  # both limits are of Tether's contract: a new rate or fee must be below
MAX_FEE: constant(uint256) = 50

name: public(String[64])
symbol: public(String[16])
decimals: public(immutable(uint256))
owner: public(address)
totalSupply: public(uint256)
balanceOf: public(HashMap[address, uint256])
allowance: public(HashMap[address, HashMap[address, uint256]])
basisPointsRate: public(uint256)
maximumFee: public(uint256)
paused: public(bool)
isBlackListed: public(HashMap[address, bool])
deprecated: public(bool)
upgradedAddress: public(address)


@deploy
def __init__(_supply: uint256, _name: String[64], _symbol: String[16], _decimals: uint256):
    decimals = _decimals
    self.name = _name
    self.symbol = _symbol
    self.owner = msg.sender
    self.totalSupply = _supply
    self.balanceOf[msg.sender] = _supply


@external
def transfer(_to: address, _value: uint256):
    self._move(msg.sender, _to, _value)


@external
def transferFrom(_from: address, _to: address, _value: uint256):
    allowed: uint256 = self.allowance[_from][msg.sender]
    if allowed < max_value(uint256):
        self.allowance[_from][msg.sender] = allowed - _value
    self._move(_from, _to, _value)


@external
def approve(_spender: address, _value: uint256):
    assert _value == 0 or self.allowance[msg.sender][_spender] == 0
    assert not self.deprecated
    self.allowance[msg.sender][_spender] = _value
    log Approval(owner=msg.sender, spender=_spender, value=_value)


@internal
def _move(_from: address, _to: address, _value: uint256):
    assert not self.paused
    assert not self.isBlackListed[_from]
    assert not self.deprecated
    fee: uint256 = min(_value * self.basisPointsRate // 10000, self.maximumFee)
    self.balanceOf[_from] -= _value
    self.balanceOf[_to] += _value - fee
    if fee > 0:
        self.balanceOf[self.owner] += fee
        log Transfer(sender=_from, receiver=self.owner, value=fee)
    log Transfer(sender=_from, receiver=_to, value=_value - fee)


@external
def issue(_amount: uint256):
    self._only_owner()
    self.balanceOf[self.owner] += _amount
    self.totalSupply += _amount
    log Issue(amount=_amount)


@external
def setParams(_basis_points: uint256, _max_fee: uint256):
    self._only_owner()
    assert _basis_points < MAX_BASIS_POINTS
    assert _max_fee < MAX_FEE
    self.basisPointsRate = _basis_points
    self.maximumFee = _max_fee * 10 ** decimals
    log Params(feeBasisPoints=_basis_points, maxFee=self.maximumFee)


@external
def pause():
    self._only_owner()
    assert not self.paused
    self.paused = True
    log Pause()


@external
def unpause():
    self._only_owner()
    assert self.paused
    self.paused = False
    log Unpause()


@external
def addBlackList(_user: address):
    self._only_owner()
    self.isBlackListed[_user] = True
    log AddedBlackList(_user=_user)


@external
def removeBlackList(_user: address):
    self._only_owner()
    self.isBlackListed[_user] = False
    log RemovedBlackList(_user=_user)


@external
def deprecate(_upgraded: address):
    self._only_owner()
    self.deprecated = True
    self.upgradedAddress = _upgraded
    log Deprecate(newAddress=_upgraded)


@view
@internal
def _only_owner():
    assert msg.sender == self.owner
