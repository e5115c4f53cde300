"""Runs a Python program whose network loses the first answer to each request that may be sent again: under a key, or
with a name of its own as a receive has. Argument: the program."""
import http.client
import runpy
import sys

OWN_NAMES = ("/receive", "/acknowledge", "/commit", "/rollback")
lost = set()


class LossyConnection(http.client.HTTPConnection):
    """The server has done what was asked, and the answer does not arrive."""

    def request(self, method, url, body=None, headers={}, **options):
        self.asked = (method, url, body)
        self.may_be_lost = "Idempotency-Key" in headers or url.split("?")[0].endswith(OWN_NAMES)
        super().request(method, url, body, headers, **options)

    def getresponse(self):
        response = super().getresponse()
        if self.may_be_lost and self.asked not in lost:
            lost.add(self.asked)
            response.read()
            self.close()
            raise ConnectionResetError("the answer was lost")
        return response


http.client.HTTPConnection = LossyConnection
runpy.run_path(sys.argv[1], run_name="__main__")
print(f"{len(lost)} answers were lost", file=sys.stderr)
