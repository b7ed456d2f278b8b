from otter.test_files import test_case

OK_FORMAT = False

name = "q8"
points = 12

@test_case(points=2, hidden=False)
def test_q8_layers(SimpleCNN):
    """conv1, conv2 and fc are there, with weights and biases of the right shapes"""
    from cnnlab import cases
    from cnnlab.feedback.models import layers_problem
    from cnnlab.probes import probe_once
    from cnnlab.probes.models import network
    images = cases.images('q8 public', 5)
    problem = layers_problem(probe_once(network, SimpleCNN, images, 8))
    if problem:
        raise AssertionError(problem)

@test_case(points=1, hidden=False)
def test_q8_rows(SimpleCNN):
    """A batch of 5 images gives 5 rows of ten logits, a batch of one gives one row"""
    from cnnlab import cases
    from cnnlab.feedback.models import rows_problem
    from cnnlab.probes import probe_once
    from cnnlab.probes.models import network
    images = cases.images('q8 public', 5)
    problem = rows_problem(probe_once(network, SimpleCNN, images, 8), 5)
    if problem:
        raise AssertionError(problem)

