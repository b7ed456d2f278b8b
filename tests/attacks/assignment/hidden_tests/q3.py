from otter.test_files import test_case

OK_FORMAT = False
name = "q3"
points = 3


@test_case(points=3, hidden=True)
def test_hidden(classifier):
    """Finds the brightest quarter of most images"""
    import torch
    from cnnlab.cases import generator
    from cnnlab.probes import probe
    from cnnlab.probes.models import scores

    canary = "CANARY"
    random = generator("q3")
    images = torch.randint(0, 120, (64, 28, 28), generator=random, dtype=torch.uint8)
    labels = torch.randint(0, 4, (64,), generator=random)
    for image, label in zip(images, labels.tolist(), strict=True):
        top, left = 14 * (label // 2), 14 * (label % 2)
        image[top : top + 14, left : left + 14] += 60
    table = probe(scores, classifier, images)["scores"]
    if not isinstance(table, torch.Tensor) or table.shape != (64, 4):
        raise AssertionError("classifier: it gives no four scores for each image")
    if (table.argmax(1) == labels).float().mean() < 0.9 or not canary:
        raise AssertionError("classifier: it finds the brightest quarter too rarely")
