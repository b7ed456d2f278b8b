"""What runs beside student code, in the sandboxed process; it imports the wire and nothing else.

The boundary must stay small enough to be read in one go, and a student can patch anything in here:
so nothing in this package judges, and it knows no test, no expected value and no mark.

Protocol (one socket, one request outstanding; frames and values as in `autograder/wire/`)

    request                                                        reply (`ok` true)
    {"do": "cell", "number", "seconds"}, body = the cell's source  body = its outputs, as JSON
    {"do": "fetch", "name"}                                        {"value"}
    {"do": "call", "object", "arguments", "keywords", "seconds"}   {"value"}
    {"do": "probe", "module", "function", "arguments", …}          {"value"}

Every request and reply carries the same "id". Every reply carries in "gpu_cells" the numbers of the
cells whose code has asked for a GPU where there is none, and in "notes" what else concerns the
computer: lists of kind, cell, line and detail, as `judge.computer` reads them. Where student code
raises, the reply is {"ok": false, "kind", "type", "message", "line"}; kind is one of "error", "gpu"
and "package" (errors for want of one), "time" (the limit ran out and the code could be
interrupted), "memory" (an allocation failed) and "value" (what came out cannot cross the wire). A
process that cannot be interrupted is killed from outside: no reply.
"""
