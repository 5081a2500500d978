"""The rules themselves: what is forbidden everywhere but in the one place that is for it."""

from __future__ import annotations

from tests.house.architecture.roads import (
    Rule,
    asks_patterns,
    forgets_letters,
    guesses,
    imports,
    marks_html,
    reads_rows,
    runs_words,
    weaves_sql,
    writes_templates,
)

OUTSIDE = (
    *("httpx", "requests", "urllib.request", "urllib3", "aiohttp", "http.client", "socket"),
    *("ssl", "ftplib", "smtplib", "imaplib", "poplib", "telnetlib", "aiosmtplib", "imap_tools"),
    *("websockets", "asyncio.open_connection"),
)
RULES = (
    Rule(
        "html",
        marks_html,
        "call filo.core.cleaner, or let a template escape it",
        ("mark_safe(words)", "format_html(words)", "SafeString(a + b)", "x = mark_safe(f'{a}')"),
        {
            "filo/desk/shown/icons.py": "an icon drawn by the library of icons",
            "filo/desk/settings/guide.py": "our own GUIDE.md, escaped word by word",
            "filo/desk/shown/words.py": "escaped text with links: the cleaner's neighbour",
            "filo/desk/shown/bubbles.py": "what the cleaner gave",
            "filo/desk/shown/marks.py": "our own SVG files",
            "filo/desk/answers.py": "what a template gave",
        },
    ),
    Rule(
        "rows",
        reads_rows,
        "ask the part's queries or operations, which know who may see what",
        ("Case.objects.all()", "cur.execute('SELECT 1')", "x = Staff._default_manager"),
        {
            "filo/api/once.py": "its own table of answers given",
            "filo/staff/views.py": "the row of whoever has just proved who they are",
        },
        only=("filo/desk/", "filo/api/", "filo/portal/", "filo/staff/views.py"),
    ),
    Rule(
        "outside",
        imports(*OUTSIDE),
        "let the carrier or the fetcher call: they judge every address",
        (
            "import httpx",
            "from urllib.request import urlopen",
            "import socket",
            "import http.client",
        ),
        {
            "filo/core/fetcher.py": "the fetcher",
            "filo/channels/carrier.py": "the carrier",
            "filo/connectors/email/imap.py": "the road of e-mail, to the mailbox of the channel",
            "filo/connectors/email/smtp.py": "the road of e-mail, to the relay of the channel",
            "filo/connectors/email/security.py": "the TLS settings of both",
            "filo/project/postgres.py": "looks for our own server's socket",
            "filo/project/supervisor.py": "tells systemd that the house stands",
            "filo/project/greeting.py": "asks whether a port is free",
        },
    ),
    Rule(
        "sql",
        weaves_sql,
        "pass parameters, or psycopg.sql.Identifier",
        (
            "cur.execute(f'SELECT {name}')",
            "cur.execute('SELECT {}'.format(a))",
            "c.execute('%s' % a)",
        ),
    ),
    Rule(
        "chance",
        guesses,
        "take filo's chance from `secrets`: what can be guessed will be",
        ("import random", "from random import choice", "from uuid import uuid1"),
    ),
    Rule(
        "words that run",
        runs_words,
        "read JSON with msgspec; nothing that came from outside is run",
        (
            "eval(text)",
            "import pickle",
            "import yaml",
            "subprocess.run(x, shell=True)",
            "os.system(x)",
        ),
    ),
    Rule(
        "programs",
        imports("subprocess", "os.exec", "pty", "asyncio.create_subprocess_exec"),
        "only the house's own commands start programs",
        ("import subprocess", "from subprocess import run"),
        {
            "filo/project/postgres.py": "PostgreSQL's own programs, fixed words",
            "filo/project/backup.py": "pg_dump and pg_restore, fixed words",
            "filo/project/children.py": "the processes of the house",
            "filo/project/supervisor.py": "the processes of the house",
        },
    ),
    Rule(
        "patterns",
        asks_patterns,
        "write the pattern in the module; a user's would need re2",
        ("re.compile(words)", "re.search(f'{a}b', text)", "re.sub('a' + b, '', text)"),
        {"filo/connectors/email/plain.py": "names of classes that its own page lists"},
    ),
    Rule(
        "letters",
        forgets_letters,
        "catch filo.core.text.UNREADABLE, which knows all that broken JSON raises",
        ("try:\n    x\nexcept msgspec.DecodeError:\n    y",),
    ),
    Rule(
        "templates",
        writes_templates,
        "words of people are never a template",
        ("Template(words)", "engine.from_string(words)", "words.format_map(everything)"),
        {
            "filo/channels/filling.py": "a part: names are put in by a pattern, nothing is run",
            "filo/desk/views/templates.py": "the same part, before it is filled in",
        },
    ),
)
# Where our scripts may take HTML as it is: all of it came out of our own templates.
SCRIPTS = {
    "filo/live/static/live/patches.js": "patches: HTML of our own templates, from our own origin",
    "filo/desk/static/desk/composer.js": "the answer of our own template",
    "filo/portal/static/portal/launcher.js": "a literal button, with our own translated words",
}
