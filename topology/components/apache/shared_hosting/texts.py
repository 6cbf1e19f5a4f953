"""Where one looks on shared hosting, what goes wrong there, and the chapter's directives beside today's."""

from __future__ import annotations

from topology.components.base import Log, Translation, Trouble

LOGS = (
    Log(
        path="the provider's error log, often logs/error.log of the account",
        says="faults of .htaccess, and what the site prints to its errors",
    ),
)
TROUBLES = (
    Trouble(
        sees="500 for every page, and the log speaks of .htaccess",
        does="The provider does not allow one of its lines: ask for AllowOverride with Options, FileInfo, Limit and"
        " AuthConfig, and for mod_fcgid and mod_rewrite.",
    ),
    Trouble(
        sees="500, and the log says `Premature end of script headers` or `Can't spawn`",
        does="Run the .fcgi file by hand in a shell of the account: a wrong first line, a missing package, or a file"
        " that is not executable (chmod 755) shows at once.",
    ),
    Trouble(
        sees="the text of the .fcgi file instead of the page",
        does="The provider has another name for the handler, often fastcgi-script or fcgid-script; ask, and write that"
        " in .htaccess.",
    ),
    Trouble(
        sees="an upload above 128 kB fails",
        does="That is mod_fcgid's own limit, FcgidMaxRequestLen; only the provider can raise it.",
    ),
    Trouble(
        sees="new code is not seen",
        does="`touch` the .fcgi file: its process looks once a second and makes way for a new one.",
    ),
    Trouble(
        sees="the first page after a quiet hour takes seconds",
        does="The provider ends idle processes, and the next request waits until Django is loaded again.",
    ),
)
TRANSLATIONS = (
    Translation(
        about="letting Apache start the site",
        then="AddHandler fastcgi-script .fcgi",
        now="AddHandler fcgid-script .fcgi",
        says="mod_fcgid took the place of mod_fastcgi; it gives a process one request at a time, so it starts many.",
    ),
    Translation(
        about="what the .fcgi file does",
        then='runfastcgi(method="threaded", daemonize="false") of django.core.servers.fastcgi',
        now="flup's WSGIServer(application).run()",
        says="Django took its FastCGI server away; flup, which it called, is still there.",
    ),
    Translation(
        about="sending every address without a file to it",
        then="RewriteCond %{REQUEST_FILENAME} !-f, and RewriteRule ^(.*)$ mysite.fcgi/$1 [QSA,L]",
        now="the same condition, and RewriteRule ^(.*)$ SITE.fcgi/$1 [B=%,QSA,L]",
        says="Without B=% Apache takes a percent sign of an address for the beginning of a code.",
    ),
    Translation(
        about="where the code is, and which settings",
        then='sys.path.insert(0, "/home/user/python") and os.environ["DJANGO_SETTINGS_MODULE"] = "myproject.settings"',
        now="the same two, in SITE.fcgi, from the site's app in the plan",
    ),
    Translation(
        about="links without the name of the script in them",
        then="FORCE_SCRIPT_NAME = ''",
        now="the .fcgi file sets SCRIPT_NAME to the site's own path",
        says="The site's settings stay the same wherever it is served.",
    ),
    Translation(
        about="restarting after a change",
        then="touch mysite.fcgi",
        now="touch SITE.fcgi",
        says="mod_fcgid does not look at the time of the file, so the program does.",
    ),
)
