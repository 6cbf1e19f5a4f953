"""Where mod_python speaks, what goes wrong with it, and its directives of 2006 beside today's."""

from __future__ import annotations

from topology.components.apache.texts import ACCESS, ERRORS, FORBIDDEN, FULL, START, STRANGER
from topology.components.base import Log, Translation, Trouble

LOGS = (
    Log(
        path=ERRORS,
        says="a site that could not be loaded, with its traceback, a line of the log for each of its lines; what code"
        " prints, logs to the console or writes to wsgi.errors; processes that ended by a signal",
    ),
    Log(path=ACCESS, says="every request, with its microseconds at the end of the line; it feeds the next forecast"),
    Log(path="journal: apache2.service", says="why Apache did not start, or which secret it could not copy"),
)
TROUBLES = (
    START,
    Trouble(
        sees="500 for every page, and `could not be loaded` in the error log",
        does="The traceback stands there once for each process, at its start. Mend it and restart apache2.service: a"
        " process does not try again.",
    ),
    Trouble(
        sees="500 for one page, and nothing in the error log",
        does="Django caught the error and tells it by mail to ADMINS only. Give the logger django.request a handler of"
        " the class logging.StreamHandler in LOGGING; what it writes arrives in the error log.",
    ),
    Trouble(
        sees="`print` shows nothing",
        does="Under plain mod_python it goes nowhere. Our bridge sends it to the error log; where it is missing there,"
        " the code was not run by this process: look for the same line at the start of the log.",
    ),
    Trouble(
        sees="it works in the shell and not in Apache",
        does="Apache's processes are www-data, not you: no HOME, umask 0027, PATH of the unit, no variables of your"
        " profile. Ask as they are: `sudo -u www-data env -i PYTHONPATH=/etc/SITE:DIRECTORY"
        " DJANGO_SETTINGS_MODULE=SETTINGS CREDENTIALS_DIRECTORY=/run/apache2-secrets/SITE /srv/SITE/venv/bin/python"
        " -c 'import django; django.setup()'`. Permissions on folders, and another Python, are the usual ends of it.",
    ),
    Trouble(
        sees="`exit signal Segmentation fault` in the error log",
        does="Once it was two libraries of one name in one process. expat: Apache and Python each brought their own;"
        " on Debian both load the system's libexpat.so.1 (ldd shows one), and the start that we test parses XML. MySQL:"
        " PHP's client and Python's met in one Apache; our apache2.conf loads no PHP, so put it on another server."
        " Today suspect first a package whose compiled part was built for another Python: make the environment anew"
        " with /usr/bin/python3.",
    ),
    Trouble(
        sees="processes end by a segmentation fault, each time after a request of one client",
        does="mod_python 3.5 breaks where a handler takes a header that is no UTF-8 by its name. Our bridge does not:"
        " it leaves such a header out. Look for another PythonHandler in the configuration.",
    ),
    Trouble(
        sees="a segmentation fault that none of these explains",
        does="Halve it. Put a handler that only answers `ok` in place of the site's; where that holds, import in it"
        " what the site imports, first Django, then the models, the views, the packages with compiled parts, half of"
        " them at a time, until one import makes the difference. Then look into what that module imports.",
    ),
    Trouble(
        sees="a package with a compiled part hangs or fails, and works with one site alone",
        does="Several sites have an interpreter each, and some packages cannot be loaded twice in a process. Give the"
        " sites servers of their own, or take mod_wsgi, where each has processes of its own.",
    ),
    Trouble(
        sees="changed code has no effect",
        does="It is loaded once for each process: restart apache2.service. While you develop, `development: true`"
        " loads it anew for each request.",
    ),
    FULL,
    STRANGER,
    FORBIDDEN,
)
TRANSLATIONS = (
    Translation(
        about="loading the module",
        then="LoadModule python_module /usr/lib/apache2/modules/mod_python.so",
        now="the same line, or LoadModule wsgi_module /usr/lib/apache2/modules/mod_wsgi.so",
    ),
    Translation(
        about="the handler",
        then="PythonHandler django.core.handlers.modpython",
        now="PythonHandler tierwright_SITE, with mod_wsgi: WSGIScriptAlias / /usr/local/lib/tierwright/SITE.wsgi",
        says="Django has not had that handler for years; any server of today enters a site by its WSGI application.",
    ),
    Translation(
        about="the settings of a site",
        then="SetEnv DJANGO_SETTINGS_MODULE mysite.settings",
        now='os.environ["DJANGO_SETTINGS_MODULE"] in the module that enters the site',
        says="SetEnv is of a request and reaches no process; today's Django reads the environment of the process.",
    ),
    Translation(
        about="where the code is",
        then="PythonPath \"['/path/to/project'] + sys.path\"",
        now="python-home=/srv/SITE/venv python-path=/srv/SITE/app",
        says="A virtual environment for each site, made by the Python that Apache's module is built with.",
    ),
    Translation(
        about="tracebacks in the browser",
        then="PythonDebug On, and Off on a production server",
        now="DEBUG = False, and nothing in Apache",
        says="mod_wsgi never shows one; under mod_python ours is Off and a check refuses On.",
    ),
    Translation(
        about="looking for changed code",
        then="PythonAutoReload Off",
        now="nothing: code is loaded once for each process",
    ),
    Translation(
        about="loading the code anew for each request",
        then="MaxRequestsPerChild 1",
        now="manage.py runserver; for mod_python MaxConnectionsPerChild 1, by development: true",
        says="The directive has another name since Apache 2.4, and is refused for production here as there.",
    ),
    Translation(
        about="several sites by name",
        then="NameVirtualHost *, and <VirtualHost *> for each",
        now="<VirtualHost *:80> for each",
        says="Apache 2.4 needs no NameVirtualHost; the first virtual host takes every other name, so ours refuses.",
    ),
    Translation(
        about="two sites under one name",
        then="PythonInterpreter, another in each <Location>",
        now="WSGIDaemonProcess and process-group=, another for each site",
        says="Interpreters share a process and its crashes; processes share nothing.",
    ),
    Translation(
        about="a site below a path",
        then='<Location "/mysite/">, and every URL pattern begins with mysite/',
        now="WSGIScriptAlias /mysite ..., and the patterns stay as they are",
        says="The prefix is handed over as SCRIPT_NAME since, by mod_wsgi and by our bridge alike.",
    ),
    Translation(
        about="files by place",
        then='<Location "/media/"> SetHandler None',
        now="Alias /media/ /srv/SITE/media/ before the WSGIScriptAlias",
        says="The rule for mod_python is still the same; mod_wsgi leaves to Apache what an Alias has.",
    ),
    Translation(
        about="files by ending",
        then=r'<LocationMatch "\.(jpg|gif|png)$"> SetHandler None',
        now="Alias for each folder, and file names with a hash below /static/",
        says="A view whose address ends in .png is then never asked; file_endings does it where a site needs it.",
    ),
    Translation(
        about="processes",
        then="the prefork MPM, not worker",
        now="event with daemon processes",
        says="Python's code may have threads today; a process for each connection is what prefork costs.",
    ),
    Translation(
        about="connections that wait for a next request",
        then="KeepAlive Off",
        now="KeepAlive On, with the event MPM",
        says="Off stays right for prefork: with it on, 200 visitors who wait held 209 processes with 7.5 GB.",
    ),
)
