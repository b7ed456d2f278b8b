from otter.test_files import test_case

OK_FORMAT = False

name = "q14"
points = 5

@test_case(points=0, hidden=False)
def test_q14_form(answers):
    """Eight letters from A to D are there (this says nothing about which are right)"""
    from cnnlab.feedback.concepts import answers_problem
    problem = answers_problem(answers)
    if problem:
        raise AssertionError(problem)

