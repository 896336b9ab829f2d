"""How both applications are served."""

workers = 2
threads = 4
worker_class = "gthread"
keepalive = 15
loglevel = "error"
control_socket_disable = True
