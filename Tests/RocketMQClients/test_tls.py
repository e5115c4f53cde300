"""The official Python client with TLS, and what shares a port with it: a certificate of the server, renewed while it
serves, one that vouches for itself, and plain text."""
import os
import signal
import socket
import ssl
import subprocess
import tempfile
import unittest

from served import Served, drain, message
from rocketmq.v5.consumer import SimpleConsumer
from rocketmq.v5.model import FilterExpression
from rocketmq.v5.producer import Producer


def certificate(directory, name):
    """A certificate for this machine that vouches for itself: the paths of it and of its key."""
    chain, key = os.path.join(directory, name + ".pem"), os.path.join(directory, name + ".key")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
         "-subj", "/CN=" + name, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", chain],
        check=True, capture_output=True)  # fmt: skip
    os.chmod(key, 0o600)
    return chain, key


def shown(port):
    """The certificate that a server shows, and the protocol that it has chosen."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    with socket.create_connection(("127.0.0.1", port), timeout=30) as plain:
        with context.wrap_socket(plain) as secure:
            return secure.getpeercert(binary_form=True), secure.selected_alpn_protocol()


def der(path):
    with open(path) as file:
        return ssl.PEM_cert_to_DER_cert(file.read())


class WithTLS(unittest.TestCase):
    def test_a_client_with_tls_and_one_without_meet_at_one_port(self):
        with tempfile.TemporaryDirectory() as directory:
            chain, key = certificate(directory, "first")
            # The client asks whose the certificate is, and trusts those of this file.
            os.environ["GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"] = chain
            server = Served("--open", "--tls-cert", chain, "--tls-key", key)
            self.addCleanup(server.close)
            server.topic("news")
            producer = Producer(server.configuration(), ["news"], tls_enable=True)
            producer.startup()
            plain = server.producer("news")
            producer.send(message("news", "secret"))
            plain.send(message("news", "plain"))
            consumer = SimpleConsumer(
                server.configuration(), "readers", {"news": FilterExpression()}, 2, tls_enable=True)
            consumer.startup()
            self.assertEqual({one.body for one in drain(consumer, 2)}, {b"secret", b"plain"})
            for client in (producer, plain, consumer):
                client.shutdown()

    def test_a_renewed_certificate_is_shown_and_a_bad_one_is_not(self):
        with tempfile.TemporaryDirectory() as directory:
            chain, key = certificate(directory, "first")
            server = Served("--open", "--tls-cert", chain, "--tls-key", key, "--log-level", "notice")
            self.addCleanup(server.close)
            self.assertEqual(shown(server.port), (der(chain), "h2"))
            first = der(chain)
            with open(chain, "w") as file:
                file.write("no certificate")
            server.process.send_signal(signal.SIGHUP)
            server.says("the old one still is")
            self.assertEqual(shown(server.port), (first, "h2"))
            other, its_key = certificate(directory, "second")
            os.replace(its_key, key)
            os.replace(other, chain)
            server.process.send_signal(signal.SIGHUP)
            server.says("a new certificate is shown")
            self.assertEqual(shown(server.port), (der(chain), "h2"))

    def test_without_a_certificate_one_is_made_at_each_start(self):
        server = Served("--open")
        self.addCleanup(server.close)
        first, protocol = shown(server.port)
        self.assertEqual(protocol, "h2")
        server.stop()
        server.start()
        self.assertNotEqual(shown(server.port)[0], first)

    def test_switched_off_there_is_none(self):
        server = Served("--open", "--rocketmq-tls", "off")
        self.addCleanup(server.close)
        with self.assertRaises(OSError):
            shown(server.port)


if __name__ == "__main__":
    unittest.main(verbosity=2)
