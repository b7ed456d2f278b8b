from otter.test_files import test_case

OK_FORMAT = False

name = "q2"
points = 5

@test_case(points=0, hidden=False, 
    success_message="The form of predicted_row is right. Whether the numbers are right is decided at grading: 1 point.")
def test_q2_prediction_form(predicted_row):
    """predicted_row is a list of three numbers (whether they are right is decided at grading)"""
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.predictions import row_problem
    fail(row_problem(predicted_row))

@test_case(points=2, hidden=False)
def test_q2_example(true_convolution2d):
    """A 3×4 image and a 2×3 kernel, and a white pixel, which gives back the kernel"""
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
    cases += [Case(words + '[[1, 2, 3], [4, 5, 6], [7, 8, 9]]', (pixel, numbers)), cases[0]]
    compare('q2', 'true_convolution2d', true_convolution2d, cases, true_convolution, true_convolution_mistakes, public=True)

