"""Mail: a value made by one function, its text a folder under templates/emails/, taken away by a transport."""
