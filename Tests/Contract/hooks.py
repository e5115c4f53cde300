"""What schemathesis is told of this server: no request waits for messages, and none is given up before its turn."""

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    body = case.body
    if isinstance(body, dict) and type(body.get("wait_ms")) is int and 10 < body["wait_ms"] <= 20_000:
        case.body = {**body, "wait_ms": 10}
    headers = case.headers or {}
    for name in list(headers):
        if name.lower() == "waybill-not-after-ms" and str(headers[name]).isdigit():
            headers[name] = "60000"
