from otter.test_files import test_case

OK_FORMAT = False

name = "q4"
points = 5

@test_case(points=0, hidden=False, 
    success_message="The form is right. Whether the letter is right is decided at grading: 2 points.")
def test_q4_form(fc_in_by_variant, what_is_wrong):
    """Three different numbers and one letter are there (this says nothing about which)"""
    from cnnlab.feedback.concepts import check_letter
    from cnnlab.feedback.shapes import check_variants
    check_variants('q4', 'fc_in_by_variant', fc_in_by_variant)
    check_letter('q4', 'what_is_wrong', what_is_wrong, 'ABCDEF')

@test_case(points=1, hidden=False)
def test_q4_no_pool(fc_in_by_variant):
    """fc's inputs without any pool"""
    from cnnlab.feedback.shapes import check_variant
    sealed = '6984cd25db93b11b'
    check_variant('q4', 'fc_in_by_variant', fc_in_by_variant, 'no_pool', sealed)

@test_case(points=1, hidden=False)
def test_q4_final_pool(fc_in_by_variant):
    """fc's inputs with one pool at the end"""
    from cnnlab.feedback.shapes import check_variant
    sealed = 'c58f8c431c80d237'
    check_variant('q4', 'fc_in_by_variant', fc_in_by_variant, 'final_pool', sealed)

@test_case(points=1, hidden=False)
def test_q4_pool_after_each(fc_in_by_variant):
    """fc's inputs with a pool after each convolution"""
    from cnnlab.feedback.shapes import check_variant
    sealed = '6e5828cc91cb9b2f'
    check_variant('q4', 'fc_in_by_variant', fc_in_by_variant, 'pool_after_each', sealed)

