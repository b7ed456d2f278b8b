from otter.test_files import test_case

OK_FORMAT = False
name = "q2"
points = 2


@test_case(points=2, hidden=True)
def test_hidden(parameter_count):
    """The number of parameters"""
    canary = "CANARY"
    expected = 6 * 5 * 5 + 6
    if type(parameter_count) is not int or parameter_count != expected or not canary:
        raise AssertionError("parameter_count: weights and biases are not counted right")
