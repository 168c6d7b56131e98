"""Settings of tests: a home of their own, made before anything reads the settings; never the developer's."""

import os
import tempfile

os.environ["DOUDI_HOME"] = tempfile.mkdtemp(prefix="doudi-test-")
os.environ["DOUDI_DEMO"] = "1"
os.environ["DOUDI_DEBUG"] = "1"  # static files under their own names; pytest-django turns Django's DEBUG off again
os.mkdir(os.path.join(os.environ["DOUDI_HOME"], "static"))

from doudi.config.settings import *  # noqa: E402, F403

# Passwords of the cast are kept the quick way: the slow one costs a third of a second for every clerk a test appoints.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

MIDDLEWARE = ["one_at_a_time.OneAtATime", *MIDDLEWARE]  # noqa: F405
