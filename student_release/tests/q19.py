from otter.test_files import test_case

OK_FORMAT = False

name = "q19"
points = 3

@test_case(points=1, hidden=False)
def test_q19_example(saliency):
    """Small networks with dropout, other classes win; the size of the gradient, as [H, W]"""
    from cnnlab.cases import generator
    from cnnlab.checks import compare
    from cnnlab.feedback.saliency import expected_saliency, saliency_cases, saliency_mistakes
    sizes = [(4, 6, 5, 3), (5, 4, 4, 0), (6, 5, 6, 1), (4, 6, 5, 3)]
    compare('q19', 'saliency', saliency, saliency_cases(generator('q19 example'), sizes), expected_saliency, saliency_mistakes, public=True)

@test_case(points=0.5, hidden=False)
def test_q19_leaves_the_model(saliency):
    """The model is left as it was, in either mode; a second call gives the same"""
    from cnnlab.cases import generator
    from cnnlab.checks import require
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.saliency import left_problem, looked_at
    from cnnlab.probes import probe_each
    from cnnlab.probes.looking import left_behind
    require('q19', 'saliency', saliency)
    inputs, modes = (looked_at(generator('q19 leaves'), 5, 7, 4, 2), (True, False))
    seen = probe_each([(left_behind, (saliency, *inputs, mode), {}) for mode in modes])
    for mode, one in zip(modes, seen):
        fail(left_problem(one, *inputs, mode))

@test_case(points=0, hidden=False, 
    success_message="The form is right. Whether the letter is right is decided at grading.")
def test_q19_form(shortcut_network):
    """One letter from A to D is there (this says nothing about which is right)"""
    from cnnlab.feedback.concepts import check_letter
    check_letter('q19', 'shortcut_network', shortcut_network, 'ABCD')

