from otter.test_files import test_case

OK_FORMAT = False

name = "q15"
points = 5

@test_case(points=1, hidden=False)
def test_q15_example(shift_error):
    """A layer that doubles the middle pixel of a 3×3 image, shifted by one column"""
    import torch
    from cnnlab.feedback.compare import diagnose, missing, with_numbers
    from cnnlab.feedback.equivariance import shift_error_mistakes
    from cnnlab.probes import probe
    from cnnlab.probes.layers import observe_with_brightness
    problem = missing('q15', 'shift_error', shift_error)
    if problem:
        raise AssertionError(problem)
    image = torch.tensor([[[[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]]])
    brightness = torch.tensor([[1.0, 1, 1], [1, 2, 1], [1, 1, 1]])
    expected = torch.tensor(5.0)
    seen = probe(observe_with_brightness, shift_error, brightness, image, (0, 1))
    problem = diagnose(seen, expected, shift_error_mistakes(lambda x: x * brightness, image, (0, 1), 5.0), question='q15', name='shift_error', case='the image [[1, 2, 3], [4, 5, 6], [7, 8, 9]], shift=(0, 1) and a layer that doubles the middle pixel', integers=True)
    if problem:
        raise AssertionError(with_numbers(problem, seen, expected))

