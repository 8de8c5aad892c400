"""What can be done in this room; each act is one function (see the modules' names)."""
