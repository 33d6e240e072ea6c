"""In production a script's parts are loaded under names with their hash too, and a map's page asks for each of them."""

import re
from pathlib import Path

from django.conf import settings
from django.core.files.base import ContentFile

from ticketsite.static_files import HashedFiles

ROOT = Path(settings.BASE_DIR)
_IMPORT = re.compile(r'^import .*? from "(\.[^"]+)";$', re.MULTILINE)


def test_our_modules_import_each_other_by_hash_and_those_of_packages_stay_as_they_are(tmp_path):
    storage = HashedFiles(location=tmp_path, base_url="/static/")
    files = {
        "js/page.js": 'import { part } from "./map/part.js";\n',
        "js/map/part.js": "export const part = 1;\n",
        "package/module.js": 'import { gone } from "gone/gone.js";\n',
    }
    for name, content in files.items():
        storage.save(name, ContentFile(content.encode()))
    faults = [result for *_, result in storage.post_process({name: (storage, name) for name in files})]
    assert not [fault for fault in faults if isinstance(fault, Exception)]
    [page] = tmp_path.glob("js/page.????????????.js")
    assert re.search(r'from "\./map/part\.[0-9a-f]{12}\.js"', page.read_text())


def test_a_seat_maps_page_asks_at_once_for_every_module_that_its_script_imports():
    head = (ROOT / "templates" / "booking" / "_map_head.html").read_text()
    asked = set(re.findall(r"modulepreload\" href=\"{% static '([^']+)'", head))
    assert asked == _imported_by(ROOT / "static" / "js" / "seatmap.js")


def _imported_by(module: Path) -> set[str]:
    found: set[str] = set()
    for name in _IMPORT.findall(module.read_text()):
        part = (module.parent / name).resolve()
        found |= {part.relative_to(ROOT / "static").as_posix()} | _imported_by(part)
    return found
