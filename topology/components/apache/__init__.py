"""Apache httpd in its roles: with Python inside, before FastCGI, for files, for shared hosting, as a balancer."""
