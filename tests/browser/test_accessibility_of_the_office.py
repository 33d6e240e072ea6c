"""Has any page of the back office, or at the entrance, a fault that axe can see?"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.running.store_cluster import StoreCluster
from tests.running.web_server import WebServer

from .conftest import Shop
from .looking import look_at

pytestmark = pytest.mark.browser


@pytest.mark.timeout(600)
def test_axe_finds_no_fault_on_any_page_of_the_office(
    visitor: Callable[..., Page], shop: Shop, web_server: WebServer, store_cluster: StoreCluster
) -> None:
    look_at("staff", visitor(), shop, web_server, store_cluster, least=20)
