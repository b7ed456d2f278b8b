from otter.test_files import test_case

OK_FORMAT = False

name = "q14"
points = 5

@test_case(points=0, hidden=False, 
    success_message="The form is right. Whether the letters are right is decided at grading: 5 points.")
def test_q14_form(answers):
    """Eight letters from A to D are there (this says nothing about which are right)"""
    from cnnlab.feedback.concepts import check_form
    check_form('q14', 'answers', answers, 8)

