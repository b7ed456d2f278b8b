from otter.test_files import test_case

OK_FORMAT = False
name = "q1"
points = 3


@test_case(points=1, hidden=False)
def test_public(brighten):
    """A small image gets brighter"""
    import torch
    from cnnlab.probes import observe, probe

    value = probe(observe, brighten, torch.tensor([0.0, 0.5, 0.9]), 0.2)["value"]
    expected = torch.tensor([0.2, 0.7, 1.0])
    same = isinstance(value, torch.Tensor) and value.dtype == torch.float32
    if not same or value.shape != expected.shape or not torch.allclose(value, expected):
        raise AssertionError("brighten: 0.2 is not added to every pixel and held below 1")


@test_case(points=2, hidden=True)
def test_hidden(brighten):
    """Random images get brighter

    canary: CANARY
    """
    import torch
    from cnnlab.cases import generator
    from cnnlab.probes import observe, probe

    canary = "CANARY"
    images = torch.rand(2, 8, 8, generator=generator("q1"))
    value = probe(observe, brighten, images, 0.25)["value"]
    expected = (images + 0.25).clamp(0, 1)
    same = isinstance(value, torch.Tensor) and value.dtype == torch.float32 and canary
    if not same or value.shape != expected.shape or not torch.allclose(value, expected):
        raise AssertionError("brighten: random images are not brightened")
