"""The product: who may look, ask, propose and approve."""
