from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 5

@test_case(points=0, hidden=False)
def test_q2_prediction_form(predicted_row):
    """predicted_row is a list of three numbers (whether they are right is checked later)"""
    from cnnlab.feedback.convolution import row_problem
    problem = row_problem(predicted_row)
    if problem:
        raise AssertionError(problem)

@test_case(points=1, hidden=False)
def test_q2_single_pixel(true_convolution2d):
    """True convolution of a single white pixel gives back the kernel"""
    import torch
    from cnnlab.feedback.compare import diagnose, missing, with_numbers
    from cnnlab.feedback.convolution import NEGATIVE_STEP_HINT, true_convolution_mistakes
    from cnnlab.probes import observe, probe
    problem = missing('q2', 'true_convolution2d', true_convolution2d)
    if problem:
        raise AssertionError(problem)
    image = torch.zeros(5, 5)
    image[2, 2] = 1
    kernel = torch.tensor([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    seen = probe(observe, true_convolution2d, image, kernel)
    problem = diagnose(seen, kernel, true_convolution_mistakes(image, kernel), question='q2', name='true_convolution2d', case='a black 5×5 image with one white pixel in the middle and the kernel [[1, 2, 3], [4, 5, 6], [7, 8, 9]]', hint=NEGATIVE_STEP_HINT)
    if problem:
        raise AssertionError(with_numbers(problem, seen, kernel))

