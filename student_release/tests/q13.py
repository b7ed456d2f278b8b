from otter.test_files import test_case

OK_FORMAT = False

name = "q13"
points = 6

@test_case(points=1, hidden=False)
def test_q13_example(confusion_matrix):
    """Five images of three classes: one 0, seen as 0; two 1s, one seen as 2; two 2s, both seen as 2"""
    import torch
    from cnnlab.feedback.compare import diagnose
    from cnnlab.feedback.confusion import confusion_mistakes, size_problem
    from cnnlab.probes import observe, probe
    labels, predictions = (torch.tensor([0, 1, 1, 2, 2]), torch.tensor([0, 1, 2, 2, 2]))
    expected = torch.tensor([[1, 0, 0], [0, 1, 1], [0, 0, 2]])
    seen = probe(observe, confusion_matrix, labels, predictions, num_classes=3)
    problem = size_problem(seen, 3) or diagnose(seen, expected, confusion_mistakes(labels, predictions, expected), question='q13', name='confusion_matrix', case='5 images of 3 classes', integers=True)
    if problem:
        raise AssertionError(problem)

