import Fixtures
import Foundation
import Testing
import WaybillCore
import WaybillHTTP
import WaybillServer

/// The pair that a server shows, and what becomes of the next one.
@Suite struct `A certificate with its key` {
    private let directory: TemporaryDirectory
    private let files: TestCertificate
    private let now = Moment(milliseconds: 1_800_000_000_000)

    init() throws {
        directory = try TemporaryDirectory()
        files = TestCertificate(in: directory)
    }

    private func read() throws(CertificateFailure) -> Certificates {
        try Certificates(CertificateFiles(certificate: files.certificate, key: files.key))
    }

    /// Why a pair is not taken; nil: it is.
    private func failure() -> String? {
        do throws(CertificateFailure) {
            _ = try read()
            return nil
        } catch {
            return error.message
        }
    }

    @Test func `is taken, and says until when it is good`() throws {
        try files.put(.one)
        #expect(try read().expires.iso8601 == "2126-01-01T00:00:00Z")
        #expect(try read().failure == nil)
    }

    @Test func `is refused when the key is another's`() throws {
        try files.put(.one, key: .two)
        #expect(failure()?.contains("is not that of the first certificate") == true, "\(failure() ?? "")")
    }

    @Test func `is refused when a file is missing, empty, a folder, or nothing in PEM`() throws {
        #expect(failure()?.contains("cannot be read: No such file") == true, "\(failure() ?? "")")
        try files.put([], key: [])
        #expect(failure()?.contains("has 0 bytes") == true, "\(failure() ?? "")")
        let one = try TestCertificate.bytes(of: "one")
        try files.put(Array("hello".utf8), key: try TestCertificate.bytes(of: "one-key"))
        #expect(failure()?.contains("no certificate in PEM") == true, "\(failure() ?? "")")
        try files.put(one, key: Array("hello".utf8))
        #expect(failure()?.contains("no private key in PEM") == true, "\(failure() ?? "")")
        try files.put(Array(one.dropLast(200)), key: try TestCertificate.bytes(of: "one-key"))
        #expect(failure()?.contains("no certificate in PEM") == true, "\(failure() ?? "")")
        try files.put(.locked)
        #expect(failure()?.contains("without a passphrase") == true, "\(failure() ?? "")")
        try files.put([UInt8](repeating: 0x20, count: 1 << 20 | 1), key: [0x20])
        #expect(failure()?.contains("1048577 bytes") == true, "\(failure() ?? "")")
        try FileManager.default.removeItem(atPath: files.certificate)
        try FileManager.default.createDirectory(atPath: files.certificate, withIntermediateDirectories: false)
        #expect(failure()?.contains("is no file") == true, "\(failure() ?? "")")
    }

    @Test(arguments: [(0o600, true), (0o640, true), (0o644, false), (0o602, false), (0o601, false)])
    func `is refused when every user can open the key`(mode: Int, isTaken: Bool) throws {
        let key = try TestCertificate.bytes(of: "one-key")
        try files.put(try TestCertificate.bytes(of: "one"), key: key, mode: mode)
        #expect((failure() == nil) == isTaken, "\(failure() ?? "")")
        if !isTaken { #expect(failure()?.contains("chmod 600 \(files.key)") == true) }
    }

    @Test func `is renewed when its files change, and only then`() throws {
        try files.put(.one)
        let shown = try read()
        let first = shown.context
        #expect(shown.renew(at: now) == .none)
        #expect(shown.context === first)
        try files.put(.two)
        let end = Moment(milliseconds: 4_954_435_200_000)
        #expect(shown.renew(at: now) == .renewed(until: end))
        #expect(shown.context !== first && shown.expires == end)
        #expect(shown.renew(at: now) == .none)
    }

    @Test(arguments: [
        (TestCertificate.Name.one, TestCertificate.Name.two, "not that of the first"), (.over, .over, "was good until"),
        (.later, .later, "is good from 2125"), (.locked, .locked, "without a passphrase"),
    ])
    func `stays when the new one cannot be used, which is told once, and goes when it can`(
        name: TestCertificate.Name, key: TestCertificate.Name, why: String
    ) throws {
        try files.put(.one)
        let shown = try read()
        let first = shown.context
        try files.put(name, key: key)
        guard case .refused(let failure) = shown.renew(at: now) else {
            Issue.record("it was not refused")
            return
        }
        #expect(failure.message.contains(why), "\(failure.message)")
        #expect(shown.context === first && shown.failure == failure)
        #expect(shown.renew(at: now) == .none)
        #expect(shown.failure == failure)
        try files.put(.one)
        #expect(shown.renew(at: now) == .none)
        #expect(shown.failure == nil)
        try files.put(.two)
        guard case .renewed = shown.renew(at: now) else {
            Issue.record("it was not renewed")
            return
        }
    }

    @Test func `that is over is shown when there is no other, until there is`() throws {
        try files.put(.over)
        let shown = try read()
        #expect(shown.renew(at: now) == .none)
        try files.put(.one)
        guard case .renewed = shown.renew(at: now) else {
            Issue.record("it was not renewed")
            return
        }
    }

    @Test func `is needed beyond loopback, unless a proxy has one, and a token is needed in any case`() throws {
        try files.put(.one)
        func check(
            _ host: String, _ change: (inout BookServer.Settings) -> Void = { _ in }
        ) -> String? {
            var settings = BookServer.Settings()
            settings.http = HTTPAddress(host: host, port: 0)
            change(&settings)
            return settings.refusal
        }
        let certificate = BookServer.Certificate(chain: files.certificate, key: files.key)
        #expect(check("127.0.0.1") == nil && check("::1") == nil && check("localhost") == nil)
        for host in ["0.0.0.0", "10.0.0.1", "example.com", "::"] {
            #expect(check(host)?.contains("--tls-cert") == true)
            #expect(check(host) { $0.certificate = certificate } == nil)
            #expect(check(host) { $0.isBehindProxy = true } == nil)
            let open = check(host) {
                $0.certificate = certificate
                $0.isOpen = true
            }
            #expect(open?.contains("--open") == true)
            #expect(
                check(host) {
                    $0.isBehindProxy = true
                    $0.isOpen = true
                } != nil)
        }
        #expect(check("127.0.0.1") { $0.certificate = BookServer.Certificate(chain: "none", key: "none") } != nil)
        let nowhere = check("127.0.0.1") {
            $0.certificate = certificate
            $0.http = nil
        }
        #expect(nowhere?.contains("no address over TCP") == true)
    }
}
