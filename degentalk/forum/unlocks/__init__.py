"""Types of unlocks whose effects this app shows. One file each; `degentalk.unlocks.discover` finds them."""
