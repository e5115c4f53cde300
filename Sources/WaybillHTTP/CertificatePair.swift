import Foundation
import NIOHTTP2
import NIOSSL
import WaybillCore

/// Where a certificate and its key are, both in PEM.
package struct CertificateFiles: Hashable, Sendable {
    /// The certificate, followed by those of its issuers.
    package var certificate: String
    /// Its private key, without a passphrase.
    package var key: String

    package init(certificate: String, key: String) {
        self.certificate = certificate
        self.key = key
    }
}

/// Why a certificate cannot be used with its key: which file, and what would help.
package struct CertificateFailure: Error, Hashable, Sendable {
    package let message: String

    init(_ message: String) { self.message = message }
}

/// A certificate and its key, which fit each other.
struct CertificatePair: Sendable {
    let context: NIOSSLContext
    /// From when to when the certificate is good.
    let begins: Moment
    let expires: Moment
    private let certificate: [UInt8]
    private let key: [UInt8]

    /// Suites for TLS 1.2 that HTTP/2 allows: all of them hide what was said before from one who gets the key later.
    private static let suites = [
        "ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-RSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305",
    ]

    init(_ files: CertificateFiles) throws(CertificateFailure) {
        certificate = try SmallFile.bytes(of: files.certificate, isSecret: false)
        key = try SmallFile.bytes(of: files.key, isSecret: true)
        let chain: [NIOSSLCertificate]
        do { chain = try NIOSSLCertificate.fromPEMBytes(certificate) } catch { chain = [] }
        guard let own = chain.first else {
            throw CertificateFailure("\(files.certificate) has no certificate in PEM; the server's own comes first")
        }
        let privateKey: NIOSSLPrivateKey
        do { privateKey = try NIOSSLPrivateKey(bytes: key, format: .pem) } catch {
            throw CertificateFailure("\(files.key) has no private key in PEM without a passphrase")
        }
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        tls.minimumTLSVersion = .tlsv12
        tls.cipherSuites = Self.suites.joined(separator: ":")
        tls.applicationProtocols = NIOHTTP2SupportedALPNProtocols
        do { context = try NIOSSLContext(configuration: tls) } catch {
            throw CertificateFailure(
                "the key of \(files.key) is not that of the first certificate of \(files.certificate)")
        }
        begins = Moment(seconds: own.notValidBefore)
        expires = Moment(seconds: own.notValidAfter)
    }

    /// Whether it is the pair of the same bytes.
    func isSame(as other: CertificatePair) -> Bool { certificate == other.certificate && key == other.key }

    /// Why it is not to be shown instead of another; nil: it is.
    func objection(insteadOf old: CertificatePair, at now: Moment, in files: CertificateFiles) -> CertificateFailure? {
        if begins > now {
            return CertificateFailure("the certificate of \(files.certificate) is good from \(begins.iso8601) only")
        }
        if expires <= now, expires <= old.expires || old.expires > now {
            return CertificateFailure("the certificate of \(files.certificate) was good until \(expires.iso8601)")
        }
        return nil
    }
}

extension Moment {
    /// - Parameter seconds: since 1970; those of certificates may be any.
    fileprivate init(seconds: time_t) {
        let (milliseconds, isTooMuch) = Int64(seconds).multipliedReportingOverflow(by: 1_000)
        self.init(milliseconds: isTooMuch ? (seconds < 0 ? 0 : Self.last) : min(max(milliseconds, 0), Self.last))
    }

    /// The end of the year 9999.
    private static let last: Int64 = 253_402_300_799_000
}
