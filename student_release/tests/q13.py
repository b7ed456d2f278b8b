from otter.test_files import test_case

OK_FORMAT = False

name = "q13"
points = 6

@test_case(points=1.5, hidden=False)
def test_q13_example(confusion_matrix):
    """Twelve and five images of four classes, one of which does not occur; the first once more"""
    import torch
    from cnnlab.checks import Case, compare
    from cnnlab.feedback.confusion import confusion_mistakes, counts
    labels = torch.tensor([3, 0, 0, 1, 1, 1, 3, 3, 3, 0, 3, 1])
    predictions = torch.tensor([3, 0, 3, 1, 3, 3, 3, 3, 0, 0, 3, 3])
    first = Case('12 images of 4 classes, none a 2', (labels, predictions), {'num_classes': 4})
    few = (torch.tensor([1, 0, 2, 1, 0]), torch.tensor([1, 2, 2, 0, 0]))
    second = Case('5 images of 4 classes, none a 3', few, {'num_classes': 4})
    cases = [first, second, first]
    compare('q13', 'confusion_matrix', confusion_matrix, cases, counts, confusion_mistakes, public=True, integers=True)

@test_case(points=1, hidden=False)
def test_q13_pair_example(most_confused_pair):
    """The largest count beside the diagonal: below it, above it, and with classes of all sizes"""
    import torch
    from cnnlab.checks import require
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.confusion import pair_problem
    from cnnlab.probes import observe, probe_each
    require('q13', 'most_confused_pair', most_confused_pair)
    below = torch.tensor([[50, 2, 0], [5, 40, 1], [9, 3, 60]])
    above = torch.tensor([[30, 1, 0, 6], [4, 70, 5, 3], [0, 5, 10, 5], [1, 1, 4, 90]])
    matrices = [below, above]
    seen = probe_each([(observe, (most_confused_pair, matrix), {}) for matrix in matrices])
    fail(pair_problem(seen, matrices, public=True))

