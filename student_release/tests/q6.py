from otter.test_files import test_case

OK_FORMAT = False

name = "q6"
points = 6

@test_case(points=1, hidden=False)
def test_q6_relu_example(relu):
    """relu: negative numbers become 0, in a tensor of any shape"""
    import torch
    from cnnlab.checks import Case, compare
    from cnnlab.feedback.rectified import relu_expected, relu_mistakes
    table = torch.tensor([[-2.0, 0, 3], [1.5, -0.5, 8], [0.25, -120, 260]])
    row, block = (torch.tensor([0.75, -3.25]), torch.tensor([[[-4, 7.5]], [[12, -1]]]))
    cases = [Case(f'x={x.tolist()}', (x,)) for x in (table, row, block, table[1:2] - 9, table)]
    compare('q6', 'relu', relu, cases, relu_expected, relu_mistakes, public=True)

@test_case(points=0.5, hidden=False)
def test_q6_pool_example(max_pool2d):
    """max_pool2d: the 4×4 example above"""
    import torch
    from cnnlab.checks import Case, compare
    from cnnlab.feedback.pooling import max_pool_expected, max_pool_mistakes
    x = torch.tensor([[1.0, 5, 2, 0], [3, 4, 1, 7], [-2, -1, 6, 6], [-3, -5, 0, 2]])
    cases = [Case('the 4×4 map above with kernel_size=2', (x, 2))]
    compare('q6', 'max_pool2d', max_pool2d, cases, max_pool_expected, max_pool_mistakes, public=True)

@test_case(points=1, hidden=False)
def test_q6_pool_rules(max_pool2d):
    """max_pool2d: sides that leave a rest, negative numbers, windows that overlap or leave gaps"""
    import torch
    from cnnlab.checks import Case, compare
    from cnnlab.feedback.pooling import max_pool_expected, max_pool_mistakes
    from cnnlab.words import with_article
    random = torch.Generator().manual_seed(6)
    sizes = [(5, 7, 2, None), (7, 8, 3, 2), (6, 4, 2, 1), (8, 5, 2, 3), (6, 9, 3, None), (5, 7, 2, None), (3, 4, 3, None)]
    cases = []
    for height, width, size, stride in sizes:
        x = torch.randint(-99, 40, (height, width), generator=random) / 10
        words = f'{with_article(height)}×{width} map with kernel_size={size}'
        options = {} if stride is None else {'stride': stride}
        cases.append(Case(words + (f', stride={stride}' if stride else ''), (x, size), options))
    compare('q6', 'max_pool2d', max_pool2d, cases + cases[:1], max_pool_expected, max_pool_mistakes, public=True)

@test_case(points=0.5, hidden=False)
def test_q6_nan(max_pool2d):
    """max_pool2d: a broken pixel is not hidden"""
    import torch
    from cnnlab.feedback.pooling import check_nan
    x = torch.arange(24.0).reshape(4, 6)
    x[0, 0] = x[1, 5] = x[2, 3] = float('nan')
    check_nan('q6', 'max_pool2d', max_pool2d, x, 2)

