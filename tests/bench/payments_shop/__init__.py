"""A shop on Django that takes payments with payme-pkg, as that library's guide writes it. It runs in an environment of
its own (`payments_peer.py`), in which nothing of this project can be imported."""
