"""USDT on EVM chains."""
