"""Mail: a value made by one function, its text a folder of templates, taken away by a transport."""
