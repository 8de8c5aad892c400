"""The arithmetic of an exit assessment: frame, draw, rates, rules, questionnaires, package. Pure: no Django.

Whoever distrusts a result repeats it from the published files with these modules alone (docs/exit-assessment.md).
"""
