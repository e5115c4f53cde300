"""Stories that Chromium plays on the dashboard. Each one asserts numbers of a file that it has made itself, and after
an act asks the journal, not the page. Every page is looked at with a script and without one."""
import os
import sys
import time
import traceback

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright
from shop import HOSTILE, LONG, Shop, quote

PAGES = ["/", "/orders", "/orders/order-1", "/orders/order-1?event=1", "/orders/order-1/why", "/timeouts",
         "/timeouts/change", "/stock", "/stock/mug", "/topics", "/topics/order", "/groups/points",
         "/messages?key=order-1", "/dead-letters", "/half-messages", "/workflows", "/workflows/standard-order",
         "/workflow-check", "/operations", "/audit", "/access", "/access/new", "/health"]  # fmt: skip


class Browser:
    """A window in which somebody has signed in; what it complains of is a failure."""

    def __init__(self, chromium, shop, token, script=True, width=1440, scheme="light"):
        self.shop = shop
        self.complaints = []
        self.context = chromium.new_context(
            java_script_enabled=script, viewport={"width": width, "height": 900}, color_scheme=scheme)
        self.page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self.hear)
        self.page.goto(shop.url + "/sign-in")
        self.page.fill("input[name=secret]", token)
        self.page.click("button.main")
        assert self.page.locator("nav.side").count() == 1, "not signed in"

    def hear(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def open(self, path, status=200):
        answer = self.page.goto(self.shop.url + path)
        assert answer.status == status, f"{path}: {answer.status}"
        return self

    def text(self, selector="main"):
        return self.page.inner_text(selector)

    def sees(self, *words, selector="main"):
        text = self.text(selector)
        for word in words:
            assert word in text, f"{word!r} is not on {self.page.url}:\n{text[:3000]}"

    def close(self):
        self.context.close()
        assert not self.complaints, self.complaints


def orders_are_found(new, shop):
    """Which orders wait for money longest; those of one shop; the next page and back."""
    window = new()
    window.open("/orders?status=awaiting+payment&order=oldest&attribute.shop=7")
    heads = window.page.locator("tbody th a").all_inner_texts()
    assert heads[:3] == ["order-1", "order-2", "order-3"], heads
    assert len(heads) == 3, heads
    window.sees("ann", "24.00", "in 29 min")
    window.open("/orders?attribute.shop=9")
    assert window.page.locator("tbody tr").count() == 50
    window.page.click("text=Older ›")
    assert window.page.locator("tbody tr").count() == 10
    window.page.click("text=« First page")
    assert window.page.locator("tbody tr").count() == 50
    window.open("/orders?attribute.shop=none")
    window.sees("No order fits this filter")
    window.close()


def an_order_is_stepped_through(new, shop):
    """Before the payment it waited for 24.00 with its timeout; now it waits for shipment."""
    shop.send("order-3", "pay", {"payment": "p-1", "channel": "card", "amount_cents": 2400}, "payments")
    window = new().open("/orders/order-3")
    window.sees("awaiting shipment", "24.00", "2 of 2 events")
    assert window.page.locator(".state.here").count() == 3
    window.page.click("text=‹ Event 1")
    window.sees("As of event 1 of 2: place", "awaiting payment", "1 pending", "reserve 2 mug")
    assert window.page.locator(".state.here h4", has_text="unpaid").count() == 1
    window.page.click(".steps >> text=Now")
    assert window.page.locator(".state.here h4", has_text="paid").count() == 1
    window.close()


def one_timeout_is_extended(new, shop):
    before = shop.order("order-1")["timeouts"][0]["due"]
    window = new().open("/orders/order-1")
    window.page.click("text=Change it")
    window.page.fill("input[name=by]", "15m")
    window.page.click("button:has-text('Preview')")
    window.sees("Extend pay_due of order-1 by 15 min", "Nothing has changed yet")
    assert shop.order("order-1")["timeouts"][0]["due"] == before
    window.page.fill("textarea[name=reason]", "the bank is slow")
    window.page.click("button:has-text('Change the timeout')")
    window.sees("It is written in the journal as event", "2 of 2 events")
    after = shop.order("order-1")
    assert minutes(after["timeouts"][0]["due"]) - minutes(before) == 15, (before, after)
    assert after["version"] == 2
    window.close()


def minutes(due):
    clock = due[11:16]
    return int(clock[:2]) * 60 + int(clock[3:])


def many_timeouts_are_extended_and_moved_back(new, shop):
    """The payment provider is down: +15 min for shop 8, preview of 4, do, undo."""
    before = [shop.order(f"late-{number}")["timeouts"][0]["due"] for number in range(1, 5)]
    window = new().open("/timeouts/change")
    window.page.select_option("select[name=status]", "awaiting payment")
    window.page.fill("input[name='attribute.shop']", "8")
    window.page.select_option("select[name=name]", "pay_due")
    window.page.fill("input[name=by]", "15m")
    window.page.click("button:has-text('Preview')")
    window.sees("Extend pay_due of 4 orders by 15 min", "late-1", "Sample: 4 orders")
    window.page.fill("textarea[name=reason]", "provider down")
    window.page.check("input[name=sure]")
    window.page.click("button:has-text('Extend 4 timeouts')")
    operation = window.page.url.split("/operations/")[1].split("?")[0]
    wait(lambda: shop.ask("GET", f"/v1/operations/{operation}")["state"] == "done")
    after = [shop.order(f"late-{number}")["timeouts"][0]["due"] for number in range(1, 5)]
    assert all(minutes(b) - minutes(a) == 15 for a, b in zip(before, after)), (before, after)
    assert any(act["about"].get("reason") == "provider down" for act in shop.audit())
    window.page.reload()
    window.sees("4\nof 4 when it began", "done")
    window.page.click("a.button:has-text('Preview')")
    window.sees("Bring forward pay_due of 4 orders by 15 min")
    window.page.fill("textarea[name=reason]", "provider is back")
    window.page.check("input[name=sure]")
    window.page.click("button:has-text('Bring forward 4 timeouts')")
    operation = window.page.url.split("/operations/")[1].split("?")[0]
    wait(lambda: shop.ask("GET", f"/v1/operations/{operation}")["state"] == "done")
    assert [shop.order(f"late-{number}")["timeouts"][0]["due"] for number in range(1, 5)] == before
    window.close()


def wait(holds, seconds=30):
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.05)


def why_an_order_does_not_move(new, shop):
    shop.send("order-2", "ship", {"parcel": "b", "carrier": "post", "lines": [{"line": "1", "qty": 1}]}, "warehouse")
    window = new().open("/orders/order-2/why")
    window.sees("ship was refused", "IN_STATE('money.paid')", "awaiting payment", "pay_due fires", "in 29 min")
    window.close()


def stock_is_taken_in(new, shop):
    free = shop.ask("GET", "/v1/stock/mug")["free"]
    window = new().open("/stock/mug")
    window.page.click("text=Change it")
    window.page.fill("input[name=units]", "100")
    window.page.click("button:has-text('Preview')")
    window.sees("Take in 100 units of mug", f"{free:,}", f"{free + 100:,}")
    window.page.fill("textarea[name=reason]", "delivery 9")
    window.page.click("button:has-text('Take in 100 units')")
    assert shop.ask("GET", "/v1/stock/mug")["free"] == free + 100
    window.sees("adds up", f"{free + 100:,}", "delivery 9")
    window.close()


def a_message_is_followed(new, shop):
    window = new().open("/orders/order-3#messages")
    wait(lambda: "waits" not in (window.open("/orders/order-3").text("#messages")))
    window.page.click("#messages >> text=order:paid")
    window.sees("event 2 of order-3", "every group is done", "points", "notifications")
    window.close()


def a_token_is_made_used_and_revoked(new, shop):
    window = new().open("/access/new")
    window.page.fill("input[name=name]", "guest")
    window.page.fill("input[name=grants]", "viewer")
    window.page.fill("textarea[name=reason]", "a look")
    window.page.click("button:has-text('Make the token')")
    secret = window.text(".secret").strip()
    guest = new(token=secret).open("/orders/order-1")
    assert guest.page.locator("a[href*='/commands/'], a[href*='/timeouts/pay_due']").count() == 0
    guest.open("/timeouts/change", 403)
    window.open("/access")
    window.page.click("tr:has-text('guest') >> text=Revoke")
    window.page.fill("textarea[name=reason]", "the look is over")
    window.page.click("button:has-text('Revoke it')")
    guest.page.goto(shop.url + "/orders/order-1")
    assert "/sign-in" in guest.page.url, guest.page.url
    assert any(act["type"] == "$token_revoked" for act in shop.audit())
    guest.complaints = [one for one in guest.complaints if "403" not in one and "401" not in one]
    guest.close()
    window.close()


def hostile_names_are_text(new, shop):
    shop.receive(HOSTILE, 10)
    shop.place("bad-1", buyer=HOSTILE, sku=HOSTILE, shop=LONG)
    window = new(width=360)
    for path in ["/orders/bad-1", "/orders?attribute.shop=" + LONG, "/stock/" + quote(HOSTILE), "/stock"]:
        window.open(path)
        assert window.page.title() != "taken", path
        assert window.page.evaluate("document.documentElement.scrollWidth") <= 360, path
    window.close()


def a_page_is_live(new, shop):
    """What happens elsewhere is on the page without a reload; three tabs share a browser."""
    windows = new().open("/orders/late-1")
    second = windows.context.new_page()
    second.goto(shop.url + "/")
    third = windows.context.new_page()
    third.goto(shop.url + "/orders/late-1/why")
    windows.page.bring_to_front()
    windows.page.wait_for_function("document.getElementById('live')?.textContent === 'Live'")
    shop.send("late-1", "pay", {"payment": "p-2", "channel": "card", "amount_cents": 2400}, "payments")
    windows.page.wait_for_selector("h1 + .tag:has-text('awaiting shipment')", timeout=15000)
    version = shop.order("late-1")["version"]
    windows.sees(f"{version} of {version} events")
    windows.close()


def every_page_reads_well(new, shop):
    """No complaint of the browser, no finding of axe, no sideways scrolling; the same without a script."""
    found = []
    for script, width, scheme in [(True, 1440, "light"), (True, 360, "dark"), (False, 768, "light")]:
        window = new(script=script, width=width, scheme=scheme)
        for path in PAGES:
            window.open(path)
            if window.page.evaluate("document.documentElement.scrollWidth") > width:
                found.append(f"{path} at {width} scrolls sideways")
            if script:
                for finding in Axe().run(window.page).response["violations"]:
                    places = [node["html"][:160] for node in finding["nodes"][:2]]
                    found.append(f"{path} at {width} {scheme}: {finding['id']} {places}")
        window.close()
    assert not found, "\n".join(found)


STORIES = [orders_are_found, an_order_is_stepped_through, one_timeout_is_extended,
           many_timeouts_are_extended_and_moved_back, why_an_order_does_not_move, stock_is_taken_in,
           a_message_is_followed, a_token_is_made_used_and_revoked, hostile_names_are_text, a_page_is_live,
           every_page_reads_well]  # fmt: skip


def main():
    shop = Shop()
    failed = 0
    try:
        shop.receive("mug", 1000)
        for number in range(1, 4):
            shop.place(f"order-{number}")
        for number in range(1, 5):
            shop.place(f"late-{number}", shop="8")
        for number in range(1, 61):
            shop.place(f"many-{number}", shop="9", units=1)
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"])

            def new(token=None, **options):
                return Browser(chromium, shop, token or shop.admin, **options)

            chosen = [story for story in STORIES if not sys.argv[1:] or story.__name__ in sys.argv[1:]]
            for story in chosen:
                began = time.monotonic()
                try:
                    story(new, shop)
                    print(f"✔ {story.__name__} ({time.monotonic() - began:.1f} s)")
                except Exception:
                    failed += 1
                    print(f"✘ {story.__name__} recorded an issue:\n{traceback.format_exc()}")
            chromium.close()
    finally:
        shop.close()
    print(f"{'✘' if failed else '✔'} Test run with {len(chosen)} tests {'failed' if failed else 'passed'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
