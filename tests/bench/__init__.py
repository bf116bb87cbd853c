"""Measurements of the whole program beside other libraries: `make bench-<name>`. Not collected by pytest.

| file | what it knows |
|---|---|
| updates.py | `make bench-updates`: the order of the measurements, and the table of aims |
| aims.py | which aims there are and whether they hold |
| telegram.py | the other side: Telegram as far as a bot notices, and what its users see |
| people.py | what users do: commands and taps on the keyboards that the bot sent |
| loops.py | closed and open loops over raw connections; latency and CPU |
| subjects.py | the measured programs as processes of their own, on a core of their own |
| centre.py | a database with people, a course and a quiz |
| faults.py | a Telegram that fails, updates that come twice |
| statements.py | counts SQL between a program and its database |
| payments.py | `make bench-payments`: the order of the measurements of Payme's calls |
| payments_report.py | its tables and aims |
| payments_client.py | payers: full cycles over kept connections; latency and CPU |
| payments_races.py | what Payme does on a bad day, and whether every order is granted once |
| payments_servers.py, payments_world.py | the measured servers; databases with orders |
| payments_minimal.py, payments_peer.py, payments_shop | what is measured beside the program: no rules, and payme-pkg |
| catalogue.py | `make bench-catalogue`: every screen of a learner, in a large centre and in a small one |
| catalogue_screens.py | what those screens are, and who opens them |
| catalogue_world.py | a centre of any size, written in bulk |
| plans.py | the statements of a screen, and which tables PostgreSQL reads through for them |
| echo_aiogram.py, echo_ptb.py, reordered.py | what is measured beside `python -m bot` |
"""
