from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 5

@test_case(points=0, hidden=False)
def test_q4_form(fc_in_by_variant, what_is_wrong):
    """Three different numbers and one letter are there (this says nothing about which)"""
    from cnnlab.feedback.concepts import letter
    from cnnlab.feedback.shapes import variants_problem
    problem = variants_problem(fc_in_by_variant)
    if problem is None and letter(what_is_wrong, 'ABCDEF') is None:
        problem = 'q4: what_is_wrong takes one letter from A to F, in quotation marks.'
    if problem:
        raise AssertionError(problem)

