import Crypto
package import Foundation
package import NIOSSL
import SwiftASN1
import X509

/// A certificate that vouches for itself, made anew at each start: for clients that speak TLS by default and do not ask
/// whose certificate it is.
package enum SelfSigned {
    private static let day: TimeInterval = 86_400

    /// A context that shows such a certificate, good for ten years, for this machine alone.
    package static func context(at now: Date) throws -> NIOSSLContext {
        let key = P256.Signing.PrivateKey()
        let signer = Certificate.PrivateKey(key)
        let name = try DistinguishedName { CommonName("waybill") }
        let certificate = try Certificate(
            version: .v3, serialNumber: Certificate.SerialNumber(), publicKey: signer.publicKey,
            notValidBefore: now.addingTimeInterval(-day), notValidAfter: now.addingTimeInterval(3_650 * day),
            issuer: name, subject: name, signatureAlgorithm: .ecdsaWithSHA256,
            extensions: Certificate.Extensions {
                BasicConstraints.notCertificateAuthority
                SubjectAlternativeNames([
                    .dnsName("localhost"), .ipAddress(ASN1OctetString(contentBytes: [127, 0, 0, 1])),
                ])
            }, issuerPrivateKey: signer)
        let pem = try certificate.serializeAsPEM().pemString
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: [.certificate(try NIOSSLCertificate(bytes: Array(pem.utf8), format: .pem))],
            privateKey: .privateKey(try NIOSSLPrivateKey(bytes: Array(key.pemRepresentation.utf8), format: .pem)))
        tls.minimumTLSVersion = .tlsv12
        tls.applicationProtocols = ["h2"]
        return try NIOSSLContext(configuration: tls)
    }
}
