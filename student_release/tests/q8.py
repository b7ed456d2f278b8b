from otter.test_files import test_case

OK_FORMAT = False

name = "q8"
points = 12

@test_case(points=2, hidden=False)
def test_q8_layers(SimpleCNN):
    """conv1, conv2 and fc are there, with weights and biases of the right shapes"""
    from cnnlab import cases
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.models import layers_problem
    from cnnlab.probes import probe_once
    from cnnlab.probes.models import network
    images = cases.images('q8 public', 5)
    fail(layers_problem(probe_once(network, SimpleCNN, images, 8, True), public=True))

@test_case(points=1, hidden=False)
def test_q8_rows(SimpleCNN):
    """A batch of 5 images gives 5 rows of ten logits, a batch of one gives one row"""
    from cnnlab import cases
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.model_scores import rows_problem
    from cnnlab.probes import probe_once
    from cnnlab.probes.models import network
    images = cases.images('q8 public', 5)
    fail(rows_problem(probe_once(network, SimpleCNN, images, 8, True), 5, public=True))

@test_case(points=2, hidden=False)
def test_q8_example(SimpleCNN):
    """With known weights the logits are those of conv, ReLU and pool, twice, then flatten and fc"""
    from cnnlab import cases
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.forward import forward_problem
    from cnnlab.probes import probe_once
    from cnnlab.probes.models import network
    images = cases.images('q8 public', 5)
    seen = probe_once(network, SimpleCNN, images, 8, True)
    fail(forward_problem(seen, images, 8, public=True))

@test_case(points=1, hidden=False)
def test_q8_learns(SimpleCNN):
    """A gradient reaches every parameter, on whatever device the model and the images are"""
    from cnnlab import cases
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.model_scores import device_problem, gradients_problem
    from cnnlab.probes import probe_once
    from cnnlab.probes.models import network
    images = cases.images('q8 public', 5)
    seen = probe_once(network, SimpleCNN, images, 8, True)
    fail(gradients_problem(seen, public=True) or device_problem(seen, public=True))

