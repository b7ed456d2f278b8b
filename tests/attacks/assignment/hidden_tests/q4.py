from otter.test_files import test_case

OK_FORMAT = False
name = "q4"
points = 2


@test_case(points=1, hidden=False)
def test_public(describe):
    """Three numbers are described"""
    from cnnlab.probes import observe, probe

    value = probe(observe, describe, [1.0, 2.0, 6.0], "example")["value"]
    if value != {"label": "example", "mean": 3.0, "largest": 6.0}:
        raise AssertionError("describe: label, mean or largest is wrong")


@test_case(points=1, hidden=True)
def test_hidden(describe):
    """Other numbers are described"""
    from cnnlab.probes import observe, probe

    canary, label = "CANARY", "HIDDEN_INPUT"
    value = probe(observe, describe, [-8.0, -2.0], label)["value"]
    if value != {"label": label, "mean": -5.0, "largest": -2.0} or not canary:
        raise AssertionError("describe: negative numbers are described wrongly")
