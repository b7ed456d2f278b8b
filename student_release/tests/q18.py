from otter.test_files import test_case

OK_FORMAT = False

name = "q18"
points = 3.0

@test_case(points=0.5, hidden=False)
def test_q18_entry(best_model, filter_notes):
    """best_model gives ten finite scores for each digit, and there are notes on its filters"""
    from cnnlab.diagnosis import fail
    from cnnlab.feedback.scores import notes_symptom
    from cnnlab.trained_checks import check_form
    check_form('q18', 'best_model', best_model)
    fail(notes_symptom(filter_notes))

@test_case(points=0.5, hidden=False)
def test_q18_budget(best_model):
    """best_model learned the digits and keeps within the budget, wherever it stores its numbers"""
    from cnnlab.trained_checks import check_budget, check_learned
    check_budget(best_model)
    check_learned('q18', 'best_model', best_model)

