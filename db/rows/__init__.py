"""The schema as SQLAlchemy sees it: for migrations and the test that compares the two.

Nothing at run time imports this package: SQLAlchemy would cost every start half a second.
"""
