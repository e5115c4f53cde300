import Crypto
import WaybillCore

/// Writes the lines of a certificate as JSON, each chained to the one before by SHA-256: a line that is changed, added
/// or taken away afterwards breaks the chain from there on.
struct CertificateLines {
    private(set) var count = 0
    /// The digest of the last line, which covers all before it, in hexadecimal.
    private(set) var chain: [UInt8] = []
    private let write: ([UInt8]) throws -> Void
    private var writer = JSONWriter(capacity: 512)

    init(_ write: @escaping ([UInt8]) throws -> Void) { self.write = write }

    /// Adds one line.
    ///
    /// - Parameters:
    ///   - kind: what the line is, its first member.
    ///   - members: writes the members between the kind and the chain.
    mutating func add(_ kind: StaticString, _ members: (inout JSONWriter) -> Void) throws {
        writer.removeAll()
        writer.beginObject()
        writer.key("is")
        writer.word(kind)
        members(&writer)
        var hash = SHA256()
        hash.update(data: chain)
        hash.update(data: writer.bytes)
        chain = hash.finalize().flatMap { byte in [Self.digits[Int(byte >> 4)], Self.digits[Int(byte & 15)]] }
        writer.key("chain")
        writer.text(Text(String(decoding: chain, as: UTF8.self)))
        writer.endObject()
        count += 1
        try write(writer.bytes + [UInt8(ascii: "\n")])
    }

    private static let digits = Array("0123456789abcdef".utf8)
}

extension JSONWriter {
    mutating func member(_ name: StaticString, _ value: Int64) {
        key(name)
        int(value)
    }

    mutating func member(_ name: StaticString, _ value: Text) {
        key(name)
        text(value)
    }

    /// The two names of a stock.
    mutating func members(of stock: StockKey) {
        member("sku", stock.sku.text)
        member("location", stock.location.text)
    }

    /// `"level":[received,adjusted,free,reserved,sold]`
    mutating func level(_ level: StockLevel) {
        key("level")
        beginArray()
        for amount in [level.received, level.adjusted, level.free, level.reserved, level.sold] { int(amount) }
        endArray()
    }

    /// What is wrong, and as much of the place as applies.
    mutating func members(of finding: FileFinding) {
        member("what", Text(finding.what))
        if let position = finding.position { member("event", position) }
        if let order = finding.order { member("order", Text(order)) }
        if let version = finding.version { member("version", version) }
        if let sku = finding.sku { member("sku", Text(sku)) }
        if let location = finding.location { member("location", Text(location)) }
        if let timeout = finding.timeout { member("timeout", Text(timeout)) }
    }
}
