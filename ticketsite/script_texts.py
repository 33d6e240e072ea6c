"""What do the back office's scripts say, such as its calendar, in the language of whoever uses it?

Django's own words, and where it has none in a language, ours (locale/of_libraries/*/LC_MESSAGES/djangojs.po).
"""

from django.conf import settings
from django.views.i18n import JavaScriptCatalog


class ScriptTexts(JavaScriptCatalog):
    def get_paths(self, packages: list[str]) -> list[str]:
        return [*super().get_paths(packages), str(settings.BASE_DIR / "locale" / "of_libraries")]
