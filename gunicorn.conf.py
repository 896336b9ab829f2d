"""How gunicorn serves the portal. It reads this file by itself when started in this folder."""

# Read here, in the first process: a bad setting must end the server, not each of its workers.
from pmo_portal import environment, settings, tether

bind = environment.text("BIND", "127.0.0.1:8000")
worker_class = "gthread"
# SQLite has one writer at a time; more processes would only wait for one another.
workers = environment.number("WEB_PROCESSES", 1 if settings.EMBEDDED else 2)
threads = environment.number("WEB_THREADS", 8 if settings.EMBEDDED else 4)
timeout = 60
graceful_timeout = 20
reload = settings.DEBUG
control_socket_disable = True
accesslog = "-" if environment.flag("WEB_ACCESS_LOG", not settings.EMBEDDED) else None
loglevel = "warning" if settings.EMBEDDED else "info"


def when_ready(server: object) -> None:
    tether.follow()
