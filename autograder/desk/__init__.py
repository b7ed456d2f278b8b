"""The desk: a class's marks in the browser of those who teach it, on their own machine.

guard.py       who may ask: one browser for each address that was given out
reading.py     the class as it stands, kept in memory
today.py       what waits for a person
…_page.py      what the other pages tell
runs.py        an answer explained, a notebook run again
app.py         the addresses
serve.py       the server, on 127.0.0.1

What students have written is shown as text and nothing else: every template escapes, and the
policy that goes with each page lets nothing run but the desk's own script.
"""
