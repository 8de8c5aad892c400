"""The demo: a story told through the services that the pages call, each act at its own time, all people invented.

Places are real. Names of bodies carry （演示）, names of people begin with 演示· . The four published cases stand as
they were published, and only as solved.
"""
