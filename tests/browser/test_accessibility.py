"""Has any page or state that customers meet a fault that axe can see? Is any too heavy for a slow phone?"""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from tests.running.store_cluster import StoreCluster
from tests.running.web_server import WebServer

from .conftest import Shop
from .looking import look_at

pytestmark = pytest.mark.browser


@pytest.mark.timeout(600)
def test_axe_finds_no_fault_on_any_page_and_in_any_state_and_none_is_heavy(
    visitor: Callable[..., Page], shop: Shop, web_server: WebServer, store_cluster: StoreCluster
) -> None:
    look_at("customer", visitor(), shop, web_server, store_cluster, least=80)
