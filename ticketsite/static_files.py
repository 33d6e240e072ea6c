"""Under which names are files served? With the hash of their content, in what our own modules import as well.

Otherwise a page would load its script by the hash and that script its parts without: of another version for a moment
after a deployment, asked for again every minute, and out of reach of the page's own `modulepreload`.
"""

from servestatic.storage import CompressedManifestStaticFilesStorage

_IMPORTS = CompressedManifestStaticFilesStorage._js_module_import_aggregation_patterns[1]


class HashedFiles(CompressedManifestStaticFilesStorage):
    support_js_module_import_aggregation = True
    # In static/js alone: packages bring modules that import what is not among their files.
    _js_module_import_aggregation_patterns = ("js/*.js", _IMPORTS)
