"""What are tables and their columns called in the back office, in the language of whoever reads?

Their English names are those of the models and fields themselves, where none is given; so they are translated here, for
all apps at once, rather than written down a second time beside each. script/messages gathers them by running
this file.
"""

import sys
from collections.abc import Iterator

from django.apps import apps
from django.db.models import Field, Model
from django.utils.translation import gettext_lazy


def translate_model_names() -> None:
    """To be called when all models are there, and before the back office makes forms of them.

    Migrations do not notice: they look at what was written in the models.
    """
    for model in _models():
        options = model._meta
        options.verbose_name = gettext_lazy(str(options.verbose_name))
        options.verbose_name_plural = gettext_lazy(str(options.verbose_name_plural))
        for field in _fields(model):
            field.verbose_name = gettext_lazy(str(field.verbose_name))


def model_names() -> list[str]:
    """All of them in English, each once."""
    names: set[str] = set()
    for model in _models():
        names |= {str(model._meta.verbose_name), str(model._meta.verbose_name_plural)}
        names |= {str(field.verbose_name) for field in _fields(model)}
    return sorted(names)


def _models() -> Iterator[type[Model]]:
    # Django translates its own.
    installed = (app for app in apps.get_app_configs() if not app.name.startswith("django."))
    return (model for app in installed for model in app.get_models() if _is_shown(model))


def _is_shown(model: type[Model]) -> bool:
    # Copies that history keeps are shown under the names of what they are copies of.
    return not hasattr(model, "history_object")


def _fields(model: type[Model]) -> "Iterator[Field[object, object]]":
    return (field for field in (*model._meta.local_fields, *model._meta.local_many_to_many))


if __name__ == "__main__":
    import django

    django.setup()
    sys.stdout.write("from django.utils.translation import gettext_noop\n")
    sys.stdout.writelines(f"gettext_noop({name!r})\n" for name in model_names())
