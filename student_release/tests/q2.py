from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 5

@test_case(points=1, hidden=False)
def test_q2_prediction(predicted_row):
    """predicted_row holds the three numbers that true convolution gives"""
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.predictions import prediction_problem
    fail(prediction_problem(predicted_row))

@test_case(points=2, hidden=False)
def test_q2_example(true_convolution2d):
    """Small images and kernels, one of them flat, and a white pixel, which gives back the kernel"""
    import torch
    from cnnlab.checks import Case, compare
    from cnnlab.feedback.convolution import true_convolution, true_convolution_mistakes
    image = torch.tensor([[1.0, 2, 0, 1], [0, 3, 1, 2], [2, 0, 1, 1]])
    kernel = torch.tensor([[1.0, 2, 0], [0, -1, 3]])
    words = 'the 3×4 image [[1, 2, 0, 1], [0, 3, 1, 2], [2, 0, 1, 1]] and the 2×3 kernel '
    cases = [Case(words + '[[1, 2, 0], [0, -1, 3]]', (image, kernel))]
    pixel = torch.zeros(5, 5)
    pixel[2, 2] = 1
    numbers = torch.tensor([[1.0, 2, 3], [4, 5, 6], [7, 8, 9]])
    words = 'a black 5×5 image with one white pixel in the middle and the kernel '
    cases += [Case(words + '[[1, 2, 3], [4, 5, 6], [7, 8, 9]]', (pixel, numbers))]
    wide = torch.tensor([[0.5, 1, 0, 2, 1.25, 3], [2, 0, 1.5, 1, 0, 1], [1, 3, 0, 0.75, 2, 0]])
    taps = torch.tensor([[0.1, -1, 2, 0.5], [1, 0, -0.2, 3]])
    cases += [Case(f'the 3×6 image {wide.tolist()} and a 2×4 kernel', (wide, taps))]
    cases += [Case("its first row, as a 1×6 image, and the kernel's first row", (wide[:1], taps[:1]))]
    other = (torch.tensor([[0.0, 1, 2, 2], [1, 1, 0, 3], [2, 1, 3, 0]]), kernel + 1)
    cases += [Case('another 3×4 image and another 2×3 kernel', other), cases[0]]
    compare('q2', 'true_convolution2d', true_convolution2d, cases, true_convolution, true_convolution_mistakes, public=True)

