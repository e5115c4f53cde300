"""Reads what a server says of itself with libraries of others: `openapi` its document, `metrics` its numbers,
`openmetrics` the same in the other form, each from standard input. Ends with 1 when the library does not accept it."""

import json
import sys


def openapi(text):
    from openapi_spec_validator import OpenAPIV31SpecValidator

    document = json.loads(text)
    faults = list(OpenAPIV31SpecValidator(document).iter_errors())
    for fault in faults:
        print("fault", "/".join(str(part) for part in fault.absolute_path), fault.message[:200])
    if not faults:
        print("valid", document["openapi"], sum(len(methods) for methods in document["paths"].values()))
    return not faults


def metrics(text):
    from prometheus_client.parser import text_string_to_metric_families

    return families(text_string_to_metric_families(text))


def openmetrics(text):
    from prometheus_client.openmetrics.parser import text_string_to_metric_families

    return families(text_string_to_metric_families(text))


def families(found):
    for family in found:
        print("family", family.name, family.type, bool(family.documentation))
        for sample in family.samples:
            labels = ",".join(f"{name}={value}" for name, value in sorted(sample.labels.items()))
            print("sample", sample.name, f"{{{labels}}}", float(sample.value))
    return True


try:
    accepted = {"openapi": openapi, "metrics": metrics, "openmetrics": openmetrics}[sys.argv[1]](sys.stdin.read())
except (ValueError, KeyError) as error:
    print("fault", error)
    accepted = False
sys.exit(0 if accepted else 1)
