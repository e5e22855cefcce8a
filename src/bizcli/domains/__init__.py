"""What each kind of document means, one folder per business area, one pure file per kind.

The file's name is the kind; its first line of text is the kind's help; `folder`, `group` and `prefix`
of its record say where it lives in the book, under which command, and how its ids begin.
"""
