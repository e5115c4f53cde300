import Foundation

/// A certificate of `localhost` with its key, in files of its own: what a server is given in a test.
package struct TestCertificate: Sendable {
    /// Which of the pairs in the folder `Certificates`.
    package enum Name: String, Sendable {
        /// Good until 2126.
        case one
        /// Good until 2127.
        case two
        /// Was good until 2011.
        case over
        /// Good from 2125 on.
        case later
        /// Its key has a passphrase.
        case locked
    }

    package let certificate: String
    package let key: String

    /// The files of a directory, which has nothing of it yet.
    package init(in directory: TemporaryDirectory) {
        certificate = directory.file("server.pem")
        key = directory.file("server-key.pem")
    }

    /// Puts a certificate and a key into the files; the key is its owner's alone.
    package func put(_ name: Name, key keyName: Name? = nil) throws {
        try put(Self.bytes(of: name.rawValue), key: Self.bytes(of: (keyName ?? name).rawValue + "-key"))
    }

    /// The same with bytes that may be anything.
    package func put(_ certificateBytes: [UInt8], key keyBytes: [UInt8], mode: Int = 0o600) throws {
        try Data(certificateBytes).write(to: URL(fileURLWithPath: certificate))
        try Data(keyBytes).write(to: URL(fileURLWithPath: key))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: key)
    }

    package static func bytes(of name: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Certificates")
        return Array(try Data(contentsOf: folder.appendingPathComponent(name + ".pem")))
    }
}
