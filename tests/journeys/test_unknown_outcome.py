"""The answer to an order is lost after it was placed. Asked again with its request id, another replica
gives that answer, and it is placed once."""

import api
import pytest
import raw_http2
from api import METHODS
from cases import random_id
from extra import Extra
from suite import await_true

CREATE = METHODS["CreateOrder"]


@pytest.fixture(scope="module")
def replica(suite):
    """The data port of another Directory."""
    another = Extra(suite, "directory")
    try:
        yield another.data_port()
    finally:
        another.end()


def a_new_subscription(world, customer: str) -> dict:
    return {"offer": world.offer(), "quantity": 5}


def more_seats(world, customer: str) -> dict:
    sold = world.order(customer)["lineItems"][0]["subscription"]
    return {"subscription": sold, "quantity": 3}


def has(customer, listing: str, field: str) -> list[dict]:
    return customer.must(listing, {"parent": customer.account})[field]


def seats(customer) -> int:
    return sum(each["quantity"] for each in has(customer, "ListSubscriptions", "subscriptions"))


def order_and_lose_the_answer(suite, replica: int, caller, customer, fields: dict) -> None:
    """Placed at this replica; the connection is reset with the answer unread."""
    before = len(has(customer, "ListOrders", "orders"))
    tls = raw_http2.mutual_tls(suite.authority, suite.certificate("gateway"), suite.key("gateway"))
    connection = raw_http2.Connection(replica, tls)
    connection.ask(CREATE.path, api.build(CREATE, fields).SerializeToString(),
                   api.metadata_of(caller.token, {}))
    await_true(lambda: len(has(customer, "ListOrders", "orders")) > before, 10)
    connection.cut()


@pytest.mark.parametrize("line", [a_new_subscription, more_seats])
class TestLostAnswer:
    def test_is_given_by_another_replica_and_the_order_is_placed_once(
            self, world, suite, replica, line):
        customer = world.accept().customer
        fields = {"parent": customer.account, "request_id": random_id(),
                  "order": {"line_items": [line(world, customer.account)]}}
        orders, had = len(has(customer, "ListOrders", "orders")), seats(customer)
        order_and_lose_the_answer(suite, replica, world.contoso, customer, fields)
        for transport in ("grpc", "json"):
            again = world.contoso.call("CreateOrder", fields, transport)
            assert again.ok, str(again)
            assert again.body == has(customer, "ListOrders", "orders")[0]
        assert len(has(customer, "ListOrders", "orders")) == orders + 1
        assert seats(customer) == had + fields["order"]["line_items"][0]["quantity"]

    def test_control_with_another_request_id_it_is_placed_again(
            self, world, suite, replica, line):
        customer = world.accept().customer
        fields = {"parent": customer.account, "request_id": random_id(),
                  "order": {"line_items": [line(world, customer.account)]}}
        orders, had = len(has(customer, "ListOrders", "orders")), seats(customer)
        order_and_lose_the_answer(suite, replica, world.contoso, customer, fields)
        world.contoso.must("CreateOrder", fields | {"request_id": random_id()})
        assert len(has(customer, "ListOrders", "orders")) == orders + 2
        assert seats(customer) == had + 2 * fields["order"]["line_items"][0]["quantity"]
