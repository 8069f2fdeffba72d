"""What a WSGI server loads: `granian --interface wsgi wsgi:app`, `gunicorn wsgi:app`."""

from portal import create_app

app = create_app()
