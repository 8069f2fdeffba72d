"""What people do: one function per deed. Takes a session, objects, `now=` and `by=`; knows no Flask."""
